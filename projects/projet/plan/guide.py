"""The template of a plan: its row to imitate, and how it is filled."""

EXEMPLE = {
    "numero": "A1",
    "axe_code": "A",
    "axe": "Habiter le centre",
    "intitule": "Réhabilitation d'un îlot : six logements",
    "theme": "Habitat",
    "maitre_ouvrage": "Commune",
    "communes": "34142",
    "maturite": "mature",
    "etat": "travaux en cours",
    "debut_prevu": "2025-03",
    "fin_prevue": "2027-06",
    "cout": "1240000",
    "base_cout": "HT",
    "Anah": "372000",
    "DETR": "248000",
    "Région": "124000",
    "Autofinancement": "496000",
}
GUIDE = [
    ["Colonne", "Ce qu'on y écrit"],
    [
        "numero",
        "Le numéro de l'action, tel que le plan l'écrit, en format texte : « 1.10 » n'est pas « 1.1 ».",
    ],
    [
        "axe_code, axe",
        "Le code et l'intitulé de l'axe de la convention. Vides : ceux de la ligne du dessus.",
    ],
    ["intitule", "Obligatoire. Une ligne par action."],
    [
        "theme",
        "L'un des thèmes du programme : Habitat, Commerce et économie, Mobilités et stationnement…",
    ],
    [
        "maitre_ouvrage",
        "Une commune, une intercommunalité (nom ou SIREN) ou un organisme. « Commune » : celle de l'action.",
    ],
    ["communes", "Codes INSEE ou noms, séparés par « ; ». Pour toutes : « toutes »."],
    ["maturite", "« mature » (signée avec son financement) ou « en germe »."],
    [
        "etat",
        "« idée », « étude préalable », « travaux en cours », « livrée », « suspendue », « abandonnée »…",
    ],
    ["debut_prevu, fin_prevue", "12/03/2025, mars 2025, T2 2025 ou 2025."],
    [
        "cout, base_cout",
        "Le coût total, et HT ou TTC. « 12 k€ », « 1,2 M€ » sont lus ; « à définir » : inconnu, et non zéro.",
    ],
    [
        "Une colonne par financeur",
        "DETR, DSIL, Région… Un montant seul est prévu, sauf « DETR demandé », « accordé », « versé ».",
    ],
    [
        "DETR décision",
        "Le jour de l'arrêté, sans lequel un montant « accordé » n'est gardé que comme prévu.",
    ],
]
