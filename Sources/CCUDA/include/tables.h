// Tables of functions in libraries that are opened at run time.
#ifndef CAFFE_CCUDA_TABLES_H
#define CAFFE_CCUDA_TABLES_H

#include <stddef.h>

// A function of a table: FUNCTION(field, symbol, (parameters)). All give a status, 0 for success, unless they say otherwise.
#define CAFFE_FIELD(field, symbol, parameters) int (*field) parameters;

// Fills a table of function pointers from an open library, in the order of `symbols`.
// Gives the name of the first function that isn't there, or NULL when all are.
const char *caffe_fill_table(void *library, const char *const *symbols, size_t count, void *table);

#endif
