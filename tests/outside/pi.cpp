// pi: the area under 4 / (1 + x^2) between 0 and 1 by the midpoint rule, in four ways.
#include <omp.h>

#include <limits>
#include <numbers>
#include <pacer/app.hpp>

using namespace pacer;

struct Problem {
    std::int64_t steps = 100'000'000;
};

constexpr std::int64_t block = 4096;  // steps whose sum is added to the others': so a sum has few roundings

// The part of the area that belongs to these steps.
PACER_CLONES double part(const Problem& problem, Range steps) {
    const double width = 1 / static_cast<double>(problem.steps);
    double sum = 0;
    for (std::int64_t begin = steps.begin; begin < steps.end; begin += block) {
        double of_block = 0;
#pragma omp simd reduction(+ : of_block)
        for (std::int64_t i = begin; i < std::min(begin + block, steps.end); ++i) {
            const double x = (static_cast<double>(i) + 0.5) * width;
            of_block += 4 / (1 + x * x);
        }
        sum += of_block;
    }
    return sum * width;
}

double serial(const Problem& problem, const Team&) {
    return part(problem, {0, problem.steps});
}

// The team says how many ranks and threads there are: one and several, several and one, or several of both.
double shared(const Problem& problem, const Team& team) {
    const Range mine = part_of({0, problem.steps}, team.size, team.rank);
    double own = 0, all = 0;
#pragma omp parallel num_threads(team.threads) reduction(+ : own)
    own += part(problem, part_of(mine, omp_get_num_threads(), omp_get_thread_num()));
    MPI_Reduce(&own, &all, 1, MPI_DOUBLE, MPI_SUM, 0, team.comm);
    return all;
}

// The rule is wrong by max |f''| / 24 n^2 = 1 / 3 n^2 at most. A height has 5 roundings at most, is in
// `chain` sums at most, all of them positive, and 2 roundings follow. Each is of half an epsilon: the other
// halves are more than what their products come to, and pi, which is rounded itself.
Judgement judge(const Problem& problem, double& area, const Team& team) {
    const auto n = static_cast<double>(problem.steps);
    const double chain = block + n / block + 1 + team.threads + team.size;
    const double roundings = (chain + 7) * std::numeric_limits<double>::epsilon() * std::numbers::pi;
    return {.check = {Number::of_real(area), Number::of_real(std::numbers::pi), 1 / (3 * n * n) + roundings}};
}

const Group<Problem, double> pi_variants = {
    "area",
    "serial",
    {{"serial", "one core takes all steps", serial, Uses::core},
     {"openmp", "each thread its share", shared, Uses::threads},
     {"mpi", "each rank its share, then MPI_Reduce", shared, Uses::ranks},
     {"hybrid", "OpenMP threads inside each rank, then MPI_Reduce", shared, Uses::both}}};

struct Pi : App {
    Problem problem;
    Pi() : App("pi", "Takes pi for the area under 4 / (1 + x^2) between 0 and 1.") {}
    void options(CommandLine& line) override { line.add_count("-n,--steps", problem.steps, "Steps"); }
    std::vector<ListedGroup> groups() const override { return {pi_variants}; }
    void measure(Session& session) override {
        if (problem.steps < 1 || problem.steps >> 50 > 0) throw UsageError("-n wants 1 to 2^50 steps");
        // At least a multiply-add for 1 + x^2 and an addition; what a division costs no probe tells.
        const Work work{problem.steps, 0, 2 * problem.steps, Operation::float64_fma};
        session.plan(problem, pi_variants,
                     {.parameters = {{"steps", problem.steps}}, .work = work, .judge = judge});
    }
};

int main(int argc, char** argv) {
    return run_app<Pi>(argc, argv);
}
