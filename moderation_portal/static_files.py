"""How static files are stored in production."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class PortalStaticFilesStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # without types
    """Names with a hash of the content, also in the imports of JavaScript modules."""

    support_js_module_import_aggregation = True
