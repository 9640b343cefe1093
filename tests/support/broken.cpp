// An app whose variants are broken on purpose, to see how a launch ends. Each is to be asked for alone.
#include <limits>
#include <stdexcept>

#include "apps/app.hpp"
#include "common/base/clock.hpp"
#include "common/parallel/shared_counter.hpp"

namespace {

using namespace pacer;

// Owns a window, as real problems do: freeing one is collective, which an exception must not wait for.
struct Problem {
    std::int64_t elements;
    SharedCounter counter;
};

std::int64_t ranks_counted(const Team& team, std::int64_t mine = 1) {
    std::int64_t total = 0;
    MPI_Reduce(&mine, &total, 1, MPI_INT64_T, MPI_SUM, 0, team.comm);
    return total;
}

double right(const Problem& problem, const Team& team) {
    ranks_counted(team);
    return static_cast<double>(problem.elements);
}
double wrong_rank(const Problem& problem, const Team& team) {
    return static_cast<double>(problem.elements + ranks_counted(team, team.rank == team.size - 1 ? 0 : 1) -
                               team.size);
}
double wrong_repeat(const Problem& problem, const Team& team) {
    static int executions = 0;
    ranks_counted(team);
    return static_cast<double>(problem.elements + (++executions == 3 ? 1 : 0));
}
double nan(const Problem&, const Team& team) {
    ranks_counted(team);
    return std::numeric_limits<double>::quiet_NaN();
}
double throw_one(const Problem& problem, const Team& team) {
    if (team.rank == team.size - 1) throw std::runtime_error("the last rank gives up");
    return right(problem, team);
}
double throw_all(const Problem&, const Team&) {
    throw std::runtime_error("every rank gives up");
}
double long_first(const Problem& problem, const Team& team) {
    const double end = seconds_since_launch() + 4;
    while (seconds_since_launch() < end) {
    }
    return right(problem, team);
}
double long_rounds(const Problem& problem, const Team& team) {
    static int executions = 0;
    const double end = seconds_since_launch() + (++executions > 7 ? 60 : 0.02);
    while (seconds_since_launch() < end) {
    }
    return right(problem, team);
}
double endless(const Problem& problem, const Team& team) {
    const double start = seconds_since_launch();
    while (seconds_since_launch() < start + 0.05) {
    }
    return right(problem, team);
}

const Group<Problem, double> group = {
    "failures",
    "right",
    {
        {"right", "is right", right, Uses::ranks},
        {"wrong_rank", "is wrong on the last rank", wrong_rank, Uses::ranks},
        {"wrong_repeat", "is wrong in one repeat", wrong_repeat, Uses::ranks},
        {"nan", "is not a number", nan, Uses::ranks},
        {"throw_one", "throws on the last rank", throw_one, Uses::ranks},
        {"throw_all", "throws on every rank", throw_all, Uses::ranks},
        {"racy", "is wrong, as promised", nan, Uses::ranks, Promise::racy},
        {"long_first", "takes 4 s, to be interrupted before it is timed", long_first, Uses::ranks},
        {"long_rounds", "takes a minute after some repeats, to be interrupted", long_rounds, Uses::ranks},
        {"endless", "takes a while, to be interrupted", endless, Uses::ranks},
    }};

Judgement judge(const Problem& problem, double& answer, const Team&) {
    return {.check = {Number::of_real(answer), Number::of_real(static_cast<double>(problem.elements))}};
}

class Broken final : public App {
  public:
    Broken() : App("broken", "Variants broken on purpose.") {}

    void options(CommandLine& line) override {
        line.add_count("-n,--elements", elements_, "The right answer");
    }
    std::vector<ListedGroup> groups() const override { return {group}; }

    void measure(Session& session) override {
        problem_ = {elements_, SharedCounter(session.world)};
        session.plan(problem_, group,
                     {.parameters = {{"elements", elements_}}, .work = {.items = elements_}, .judge = judge});
    }

  private:
    std::int64_t elements_ = 5;
    Problem problem_ = {};
};

}  // namespace

int main(int argc, char** argv) {
    return run_app<Broken>(argc, argv);
}
