#include "common/exact_sum/reduce.hpp"

#include <stdexcept>

namespace pacer {

namespace {

ExactSum::Words normalised_words(ExactSum sum) {
    sum.normalise();
    return sum.as_words();
}

// Where errors of MPI are not fatal: a wrong sum must not look like a right one.
void require(int code) {
    if (code != MPI_SUCCESS) throw std::runtime_error("MPI could not add up the exact sums of the ranks");
}

int size_of(MPI_Comm comm) {
    int size = 0;
    MPI_Comm_size(comm, &size);
    return size;
}

}  // namespace

ExactSum reduce_exact(const ExactSum& mine, int root, MPI_Comm comm) {
    const auto words = normalised_words(mine);
    ExactSum::Words sums{};
    require(MPI_Reduce(words.data(), sums.data(), ExactSum::words, MPI_INT64_T, MPI_SUM, root, comm));
    return ExactSum::of_words(sums, size_of(comm));
}

ExactSum all_reduce_exact(const ExactSum& mine, MPI_Comm comm) {
    const auto words = normalised_words(mine);
    ExactSum::Words sums{};
    require(MPI_Allreduce(words.data(), sums.data(), ExactSum::words, MPI_INT64_T, MPI_SUM, comm));
    return ExactSum::of_words(sums, size_of(comm));
}

}  // namespace pacer
