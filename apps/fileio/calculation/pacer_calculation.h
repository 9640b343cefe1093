/* Your own calculation for fileio: a function in a shared library, written in C, C++ or Fortran.
 *
 *     mpirun -np 64 fileio --calculation ./mine.so --out results.h5 data/
 *
 * calls `calculate` in ./mine.so; --calculation ./mine.so:energy calls `energy`. A library may hold several.
 * C and C++: the macro at the end declares what is wanted. Fortran: bind(C), see examples/mine.f90.
 *
 * A calculation NAME is two functions:
 *
 *     int NAME(const double *fields, int32_t n_fields, double *results, int32_t n_results,
 *              char *message, int32_t message_size);
 *
 *         fields         the numbers of the record, in their order, or those of --columns; all finite, but
 *                        see NAME_takes_missing. Do not change them.
 *         n_fields       how many there are: at least as many as NAME_shape asks for
 *         results        for you to fill. What is not set becomes NaN.
 *         n_results      how many NAME_shape promised
 *         message        why the record is rejected: one line, ended by '\0'. Nothing but '\0' at first.
 *         message_size   how many bytes it may have, with its '\0': at least 256
 *         returns        0: the results are right. Anything else: the record is rejected
 *
 *     void NAME_shape(int32_t *version, int32_t *fields, int32_t *results);
 *
 *         version        to be set to PACER_CALCULATION_VERSION
 *         fields         how many numbers a record needs at least: 0 to 4096; records with fewer are rejected
 *         results        how many numbers come out of each: 0 to 4096
 *
 * A third one is for input with missing values (--missing NA,-9999): if it is there, NAME gets NaN for each,
 * and is never called with NaN otherwise; without it a record is rejected in which a value is missing.
 *
 *     void NAME_takes_missing(void);
 *
 *         does nothing; PACER_TAKES_MISSING(NAME) defines it
 *
 * Several threads call NAME at the same time, each for another record and in any order. It must therefore
 * depend on its arguments only: no static or global variables that it changes, in Fortran no SAVE (a variable
 * with a value in its declaration has SAVE). A record that is computed again, after an interruption, must
 * give the same results. The floating-point mode is the default one at each call, and another working folder
 * is left again behind it: relative paths of the input and the results are those of the launch. (Of several
 * threads in a container that forbids unshare(2) that is not so: leave the working folder alone there.)
 *
 * A C++ exception that leaves NAME rejects the record too. A crash ends the whole run.
 */
#ifndef PACER_CALCULATION_H
#define PACER_CALCULATION_H

#include <stdint.h>

#define PACER_CALCULATION_VERSION 1

#ifdef __cplusplus
#define PACER_C extern "C"
extern "C" {
#else
#define PACER_C extern
#endif

typedef int pacer_calculation_function(const double* fields, int32_t n_fields, double* results,
                                       int32_t n_results, char* message, int32_t message_size);
typedef void pacer_shape_function(int32_t* version, int32_t* fields, int32_t* results);

#ifdef __cplusplus
}
#endif

/* PACER_CALCULATION(NAME, FIELDS, RESULTS); once, before the function: declares it and defines NAME_shape. */
#define PACER_CALCULATION(NAME, FIELDS, RESULTS)                             \
    PACER_C pacer_shape_function NAME##_shape;                               \
    void NAME##_shape(int32_t* version, int32_t* fields, int32_t* results) { \
        *version = PACER_CALCULATION_VERSION;                                \
        *fields = (FIELDS);                                                  \
        *results = (RESULTS);                                                \
    }                                                                        \
    PACER_C pacer_calculation_function NAME

/* PACER_TAKES_MISSING(NAME) once, besides: NaN stands for a value that is missing. */
#define PACER_TAKES_MISSING(NAME)            \
    PACER_C void NAME##_takes_missing(void); \
    void NAME##_takes_missing(void) {}       \
    PACER_C pacer_calculation_function NAME

#endif
