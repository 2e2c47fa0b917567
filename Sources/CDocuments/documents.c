#include "documents.h"

static const unsigned char openapi_yaml[] = {
#embed "../../openapi.yaml"
};
const struct document document_openapi_yaml = {openapi_yaml, sizeof openapi_yaml};

static const unsigned char openapi_json[] = {
#embed "openapi.json"
};
const struct document document_openapi_json = {openapi_json, sizeof openapi_json};

static const unsigned char page_html[] = {
#embed "page.html"
};
const struct document document_page_html = {page_html, sizeof page_html};
