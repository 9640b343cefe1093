// The sum of each row of a file of three %22.14E a row, by a bare loop on each thread over the mapped file:
// how fast fileio could be if it knew no other file, checked nothing and kept no books.
//
//     OMP_NUM_THREADS=2 sum_bare FILE eight|known [REPEATS]
//
// eight: eight digits at a time. known: it knows at which byte each digit is.
#include <fcntl.h>
#include <fmt/format.h>
#include <omp.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/clock.hpp"
#include "common/measure/statistics.hpp"
#include "tests/benchmarks/bare_rows.hpp"

namespace {

using Sums = std::vector<std::vector<double>>;  // a thread each

[[noreturn]] void stop(std::string_view why) {
    fmt::print("sum_bare: {}\n", why);
    std::exit(2);
}

// As its own page tables say: to map it, and to touch its pages, is to read it.
class Mapped {
  public:
    explicit Mapped(const char* path) {
        const int file = ::open(path, O_RDONLY | O_CLOEXEC);
        struct stat status {};
        if (file < 0 || ::fstat(file, &status) != 0) stop(fmt::format("{}: {}", path, std::strerror(errno)));
        size_ = static_cast<std::size_t>(status.st_size);
        at_ = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file, 0);
        if (at_ == MAP_FAILED) stop(fmt::format("{}: {}", path, std::strerror(errno)));
        ::close(file);
    }
    Mapped(const Mapped&) = delete;
    Mapped& operator=(const Mapped&) = delete;
    ~Mapped() { ::munmap(at_, size_); }
    std::string_view text() const { return {static_cast<const char*>(at_), size_}; }

  private:
    void* at_ = nullptr;
    std::size_t size_ = 0;
};

template <class Way>
void sum_rows(const char* path, Sums& sums) {
    const Mapped file(path);
    const char* const text = file.text().data();
    const auto rows = file.text().size() / bare::row_bytes;
    if (rows * bare::row_bytes != file.text().size()) stop("this is no file of rows of three %22.14E");
#pragma omp parallel
    {
        const auto thread = static_cast<std::size_t>(omp_get_thread_num());
        const auto threads = static_cast<std::size_t>(omp_get_num_threads());
        auto* sum = sums[thread].data();
        const char* at = text + rows * thread / threads * bare::row_bytes;
        const char* const end = text + rows * (thread + 1) / threads * bare::row_bytes;
        while (at != end) *sum++ = Way::row(at);
    }
}

}  // namespace

int main(int argc, char** argv) {
    const std::string_view way = argc > 2 ? argv[2] : "";
    if (argc < 3 || argc > 4 || (way != "eight" && way != "known"))
        stop("usage: sum_bare FILE eight|known [REPEATS]");
    const auto rows = Mapped(argv[1]).text().size() / bare::row_bytes;
    const auto threads = static_cast<std::size_t>(omp_get_max_threads());
    Sums sums(threads);
    for (std::size_t i = 0; i < threads; ++i) sums[i].resize(rows * (i + 1) / threads - rows * i / threads);
    std::vector<double> seconds;
    for (int repeats = argc > 3 ? std::atoi(argv[3]) : 1; repeats > 0; --repeats) {
        const double start = pacer::now_seconds();
        way == "eight" ? sum_rows<bare::EightAtATime>(argv[1], sums)
                       : sum_rows<bare::AtKnownBytes>(argv[1], sums);
        seconds.push_back(pacer::now_seconds() - start);
    }
    double total = 0;
    for (const auto& part : sums) {
        for (const double sum : part) total += sum;
    }
    fmt::print("{{\"rows\": {}, \"total\": {}, \"median_seconds\": {}}}\n", rows, total,
               pacer::median(seconds));
}
