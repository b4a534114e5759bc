//! Findings as data: spans, `Diagnostic`, the sink, and the renderers. It is not a rule and knows no product.
