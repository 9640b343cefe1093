// A library such as any program may load: linked with -ffast-math, it sets flushing to zero when it is
// loaded.
double twice(double value);

double twice(double value) {
    return 2 * value;
}
