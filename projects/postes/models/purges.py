from django.db import models


class Purge(models.Model):
    """The trace of an erasure of personal data: who, when and how many; never whose."""

    moment = models.DateTimeField("faite le")
    par = models.CharField("compte du système", max_length=150, blank=True)
    annees = models.PositiveSmallIntegerField("partis depuis plus de, en années")
    partis_avant = models.DateField("partis avant le")
    titulaires = models.PositiveIntegerField("titulaires concernés")
    versions = models.PositiveIntegerField("versions de l'historique effacées")
    contacts = models.PositiveIntegerField("contacts supprimés", default=0)
    fichiers = models.PositiveIntegerField("fichiers d'import expirés effacés")
    signalements = models.PositiveIntegerField("signalements clos supprimés", default=0)

    feminin = True

    class Meta:
        verbose_name = "purge des données personnelles"
        verbose_name_plural = "purges des données personnelles"
        ordering = ["-moment"]

    def __str__(self):
        return f"purge du {self.moment:%d/%m/%Y}"
