"""The MkDocs plugin: hands the library's pages to MkDocs or ProperDocs."""
