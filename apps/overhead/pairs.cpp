#include "apps/overhead/pairs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "apps/overhead/game.hpp"
#include "apps/overhead/harness.hpp"
#include "common/base/units.hpp"
#include "common/machine/clones.hpp"

namespace pacer::overhead::pairs {

namespace {

PACER_CLONES void fill_kernel(std::uint64_t* values, std::int64_t count, std::uint64_t key) {
    for (std::int64_t i = 0; i < count; ++i) values[i] = element(key, i);
}

PACER_CLONES std::int64_t count_wrong_kernel(const std::uint64_t* values, std::int64_t count,
                                             std::uint64_t key) {
    std::int64_t wrong = 0;
    for (std::int64_t i = 0; i < count; ++i) wrong += values[i] == element(key, i) ? 0 : 1;
    return wrong;
}

std::string_view name_of(Between between) {
    return between == Between::nodes ? "nodes" : "ranks";
}

void refuse_without_partners(const Team& world, Between between) {
    if (between == Between::nodes && world.nodes < 2) {
        throw UsageError(
            fmt::format("--pairs: all ranks are on {}: start a rank on each of several nodes (or pair ranks "
                        "by --pair-ranks)",
                        text_of_rank(world, 0, host_name())));
    }
    if (world.size < 2) throw UsageError("--pair-ranks needs two ranks: mpirun -np 2");
}

void refuse_sizes(const Team& world, const Settings& settings, std::int64_t allocated) {
    constexpr std::int64_t most = std::numeric_limits<int>::max();
    if (settings.elements < fewest_elements) {
        throw UsageError(
            fmt::format("pairs exchange messages of at least {} elements: use a larger -n", fewest_elements));
    }
    if (settings.elements > most)
        throw UsageError(fmt::format("a message has at most {} elements: use a smaller -n", most));
    const double bytes = 8.0 * static_cast<double>(allocated);
    require_memory(world, 2 * bytes, memory_on_node(world) / 10 * 9,
                   fmt::format("{} messages of {} in either direction", window,
                               format_bytes(8.0 * static_cast<double>(settings.elements))),
                   "use a smaller -n");
}

// In every tournament each pair has its turn; in each exchange of a pair both receive as much.
std::int64_t arriving(const Problem& problem, const Variant<Problem, Answer>& variant) {
    const std::int64_t players = problem.players.count(), both = 2 * problem.tournament.pairs();
    if (variant.run == latency) return both * (Game::unclocked_trips + problem.trips);
    if (variant.run == alltoall) return Game::calls_together * players * players * problem.block();
    if (variant.run == allreduce) return Game::calls_together * players * problem.elements;
    return both * problem.window_elements();
}

// That a player sends and receives in one call.
std::int64_t bytes_of_call(const Problem& problem, const Variant<Problem, Answer>& variant) {
    if (variant.run == latency) return 8;
    if (variant.run == alltoall) return 8 * problem.block() * problem.players.count();
    if (variant.run == allreduce) return 8 * problem.elements;
    return (variant.run == both_ways ? 2 : 1) * 8 * problem.window_elements();
}

}  // namespace

void fill(std::uint64_t* values, std::int64_t count, std::uint64_t key) {
    fill_kernel(values, count, key);
}

std::int64_t count_wrong(const std::uint64_t* values, std::int64_t count, std::uint64_t key) {
    return count_wrong_kernel(values, count, key);
}

Players::Players(const Team& world, Between between) {
    const bool plays = between == Between::ranks || world.node_root();
    MPI_Comm_split(world.comm, plays ? 0 : MPI_UNDEFINED, world.rank, &comm_);
    if (plays) MPI_Comm_rank(comm_, &number_);
    count_ = plays ? 1 : 0;
    MPI_Allreduce(MPI_IN_PLACE, &count_, 1, MPI_INT, MPI_SUM, world.comm);
}

Players::~Players() {
    if (comm_ != MPI_COMM_NULL) MPI_Comm_free(&comm_);
}

Players& Players::operator=(Players&& other) noexcept {
    std::swap(comm_, other.comm_);
    std::swap(number_, other.number_);
    std::swap(count_, other.count_);
    return *this;
}

Problem make_problem(const Team& world, const Settings& settings, Between between) {
    refuse_without_partners(world, between);
    Players players(world, between);
    const bool plays = players.number() >= 0;
    const auto allocated = std::max<std::int64_t>(window * settings.elements, players.count());
    refuse_sizes(world, settings, plays ? allocated : 0);
    constexpr std::int64_t fewest_trips = 20;
    constexpr double shortest_trip = 1e-7;
    std::int64_t trips = std::max(fewest_trips, calls_a_look(shortest_trip));
    MPI_Allreduce(MPI_IN_PLACE, &trips, 1, MPI_INT64_T, MPI_MAX, world.comm);
    Problem problem{.between = between,
                    .thread_level = settings.thread_level,
                    .players = std::move(players),
                    .elements = settings.elements,
                    .trips = trips};
    problem.tournament = Tournament(problem.players.count());
    problem.onlookers = problem.players.count() < world.size;
    if (!plays) return problem;
    for (auto* buffer : {&problem.send, &problem.receive}) {
        *buffer = make_buffer<std::uint64_t>(allocated);
        fill(buffer->get(), allocated, 0);  // touched, before any clock runs
    }
    return problem;
}

Judgement judge(const Problem&, Answer& answer, const Team&) {
    return {.check = {Number::of_whole(answer.wrong()), Number::of_whole(0)},
            .own = Part{answer.right(), Number::of_whole(answer.wrong_so_far())},
            .calls = answer.calls()};
}

Facts parameters(const Problem& problem) {
    return {{"kind", "pairs"},
            {"between", std::string(name_of(problem.between))},
            {"players", std::int64_t{problem.players.count()}},
            {"rounds", std::int64_t{problem.tournament.rounds()}},
            {"thread_level", problem.thread_level == ThreadLevel::single ? "single" : "serialized"},
            {"bytes", 8 * problem.elements},
            {"messages", window},
            {std::string(method_parameter), "circle"}};
}

void describe(const Problem& problem, const Variant<Problem, Answer>& variant, Record& record) {
    record.work = {.items = arriving(problem, variant), .bytes = bytes_of_call(problem, variant)};
}

}  // namespace pacer::overhead::pairs
