import os

from django.core.wsgi import get_wsgi_application

from socle.menage import forget_each_hour

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pvd.settings")
application = get_wsgi_application()
forget_each_hour()
