#include "common/exact_sum/reduce.hpp"

namespace pacer {

namespace {

ExactSum::Words normalised_words(ExactSum sum) {
    sum.normalise();
    return sum.as_words();
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
    MPI_Reduce(words.data(), sums.data(), ExactSum::words, MPI_INT64_T, MPI_SUM, root, comm);
    return ExactSum::of_words(sums, size_of(comm));
}

ExactSum all_reduce_exact(const ExactSum& mine, MPI_Comm comm) {
    const auto words = normalised_words(mine);
    ExactSum::Words sums{};
    MPI_Allreduce(words.data(), sums.data(), ExactSum::words, MPI_INT64_T, MPI_SUM, comm);
    return ExactSum::of_words(sums, size_of(comm));
}

}  // namespace pacer
