//! Importers and exporters of other tools' requirements.
