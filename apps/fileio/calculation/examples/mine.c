/* From a particle's mass and velocity (mass vx vy vz, in units of c) to its energy and momentum (E px py pz).
 *
 *     gcc -O2 -shared -fPIC -I apps/fileio/calculation apps/fileio/calculation/examples/mine.c -o mine.so -lm
 *     fileio --calculation ./mine.so --out results.h5 particles.txt
 */
#include <math.h>
#include <stdio.h>

#include "pacer_calculation.h"

PACER_CALCULATION(calculate, 4, 4); /* 4 numbers in, 4 out */

int calculate(const double* fields, int32_t n_fields, double* results, int32_t n_results, char* message,
              int32_t message_size) {
    const double mass = fields[0], *v = fields + 1;
    const double speed2 = v[0] * v[0] + v[1] * v[1] + v[2] * v[2];
    (void)n_fields, (void)n_results;
    if (mass <= 0 || speed2 >= 1) {
        snprintf(message, (size_t)message_size, "no particle: mass %g, speed %g c", mass, sqrt(speed2));
        return 1;
    }
    results[0] = mass / sqrt(1 - speed2);
    for (int i = 0; i < 3; ++i) results[1 + i] = results[0] * v[i];
    return 0;
}
