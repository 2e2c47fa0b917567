#pragma once
#include <stddef.h>

/// A text that the service serves as it stands, built into the binary so that it needs no files beside it.
struct document {
    const unsigned char *bytes;
    size_t count;
};

extern const struct document document_openapi_yaml;
extern const struct document document_openapi_json;
extern const struct document document_page_html;
