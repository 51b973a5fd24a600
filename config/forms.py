"""Forms are drawn with the U.S. Web Design System's field markup."""

from django.forms.renderers import TemplatesSetting


class UswdsRenderer(TemplatesSetting):
    """Reads form templates from `templates/`."""

    form_template_name = "components/form.html"
    field_template_name = "components/field.html"
