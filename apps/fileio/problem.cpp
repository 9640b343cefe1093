// Making the problem, and knowing its answer.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <optional>

#include "apps/fileio/delivery/notices.hpp"
#include "apps/fileio/fileio.hpp"
#include "apps/fileio/flow/flow.hpp"
#include "common/base/split.hpp"
#include "common/base/units.hpp"
#include "common/measure/progress.hpp"
#include "common/parallel/ending.hpp"

namespace pacer::fileio {

namespace {

// The files and their sizes, known to every rank without asking the file system once more.
std::vector<InputFile> share_files(const Team& world, const std::vector<InputFile>& files) {
    std::string text;
    for (const auto& file : files) {
        for (const auto& word : {file.path, std::to_string(file.bytes), std::to_string(file.modified_ns),
                                 std::to_string(static_cast<int>(file.compression))})
            text += word + '\0';
    }
    text = text_of_rank(world, 0, text);
    const auto words = split(text, '\0');
    const auto number = [&](std::size_t word) { return std::stoll(std::string(words[word])); };
    std::vector<InputFile> shared;
    for (std::size_t i = 0; i + 3 < words.size(); i += 4) {
        shared.push_back(
            {std::string(words[i]), number(i + 1), number(i + 2), static_cast<Compression>(number(i + 3))});
    }
    return shared;
}

std::int64_t count_lines_of(const Problem& problem) {
    Reader reader = open_input(problem);
    Bytes text;
    while (reader.next(text, std::int64_t{1} << 20)) text.clear();
    return reader.lines();
}

// The plain serial loop, without the waiting: what every variant has to come to.
void calculate_expected(Problem& problem, Notices& notices) {
    auto calculation = problem.calculation;
    if (calculation.wait_seconds > 0) {
        calculation.calculate = [calculate = calculation.calculate](auto fields, double, auto results,
                                                                    auto& message) {
            return calculate(fields, 0, results, message);
        };
    }
    Job job = problem.job;
    job.calculation = &calculation;
    Reader reader = open_input(problem);
    Processor processor(job, 0);
    Bytes text;
    std::string bad;
    while (const auto place = reader.next(text, std::int64_t{1} << 20)) {
        const auto& path = reader.files()[static_cast<std::size_t>(place->file)].path;
        notices.of_reading(reader, *place);
        processor.process({*place, path, text}, [&](Bytes bytes) {
            const Piece piece(bytes);
            problem.expected.add(piece);
            problem.ragged.add(path, piece.header());
            notices.of_piece(path, piece);
            for (const auto line : piece.done()) {
                const double weight = job.weights.of(piece.place().first_index + line);
                problem.weight += weight;
                problem.heaviest = std::max(problem.heaviest, weight);
            }
            const auto ends_run = piece.header().ends_run;
            if (ends_run == EndsRun::goes_on) return;
            bad = describe(path, piece.place(), piece.rejected().front());
            if (ends_run == EndsRun::as_asked) bad += " (--on-error skip leaves out such records)";
        });
        if (!bad.empty()) throw UsageError(bad);
        text.clear();
    }
    problem.expected.lines_read = reader.lines();
    notices.of_ends(reader.open_ends());
}

bool same(double a, double b) {
    return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

// A number that is not as expected, if there is one.
std::optional<Check> statistics_check(const Statistics& got, const Statistics& want) {
    const auto got_columns = got.columns(), want_columns = want.columns();
    if (got_columns.size() != want_columns.size()) {
        return Check{Number::of_whole(std::ssize(got_columns)), Number::of_whole(std::ssize(want_columns)),
                     0};
    }
    for (std::size_t i = 0; i < got_columns.size(); ++i) {
        const auto &g = got_columns[i], &w = want_columns[i];
        if (g.count != w.count) return Check{Number::of_whole(g.count), Number::of_whole(w.count), 0};
        if (g.missing != w.missing) return Check{Number::of_whole(g.missing), Number::of_whole(w.missing), 0};
        for (const auto number : {&ColumnStatistics::mean, &ColumnStatistics::variance,
                                  &ColumnStatistics::min, &ColumnStatistics::max}) {
            if (!same(g.*number, w.*number))
                return Check{Number::of_real(g.*number), Number::of_real(w.*number), 0};
        }
    }
    return std::nullopt;
}

Check check(const Problem& problem, const Answer& answer) {
    const auto &got = answer.all, &want = problem.expected;
    if (got.lines_read != want.lines_read) {
        return {Number::of_whole(got.lines_read), Number::of_whole(want.lines_read), 0};
    }
    const auto accounted = got.done + got.rejected + got.skipped;
    if (accounted != got.lines_read)
        return {Number::of_whole(accounted), Number::of_whole(got.lines_read), 0};
    // Lost and doubled in equal numbers: no number of ours to show.
    if (!got.violation.empty()) return {Number::of_real(std::nan("")), Number::of_whole(want.checksum), 0};
    if (const auto differing = statistics_check(got.statistics, want.statistics)) return *differing;
    return {Number::of_whole(got.checksum), Number::of_whole(want.checksum), 0};
}

std::int64_t bytes_of(const Problem& problem) {
    std::int64_t bytes = 0;
    for (const auto& file : problem.files) bytes += file.bytes;
    return bytes;
}

}  // namespace

Reader open_input(const Problem& problem) {
    std::vector<std::string> paths;
    for (const auto& file : problem.files) paths.push_back(file.path);
    return Reader(std::move(paths), read_settings(problem.settings));
}

Part part_of_tally(const Tally& tally) {
    return {tally.records(), Number::of_whole(tally.checksum)};
}

std::unique_ptr<Problem> make_problem(const Team& world, const Settings& settings, Watch& watch,
                                      std::span<const Variant<Problem, Answer>> chosen) {
    auto problem = std::make_unique<Problem>();
    problem->settings = settings;
    on_every_rank(world, [&] { problem->calculation = make_calculation(settings.calculation); });
    if (settings.workload != Workload::even && !problem->calculation.scales) {
        throw UsageError(
            fmt::format("--workload {} needs a calculation with adjustable cost, wait or lorenz, not {}",
                        name_of(settings.workload), problem->calculation.name));
    }
    auto inputs = settings.inputs;
    if (inputs.empty()) {
        problem->made = std::make_unique<TemporaryInput>(world, settings.elements, settings.seed);
        inputs = {problem->made->path()};
    }
    Notices notices(problem->calculation, problem->settings.format);
    on_root(world, [&] {
        LeftOut left_out;
        std::string again;
        problem->files = files_of(inputs, read_settings(settings), &left_out, &again);
        notices.of_walk(left_out, again);
        for (const auto& file : problem->files) {
            if (file.bytes >= 0) continue;
            throw UsageError(
                fmt::format("{} can be read only once, and measuring reads the input many times: process it "
                            "with --out FILE, or give files to measure with",
                            file.path));
        }
    });
    problem->files = share_files(world, problem->files);
    std::optional<Reader> reader;
    if (settings.format.header) on_root(world, [&] { reader.emplace(open_input(*problem)); });
    share_names(world, reader ? &*reader : nullptr, problem->settings);
    problem->job = {&problem->calculation,
                    {settings.workload, 0, settings.seed},
                    settings.on_error,
                    &watch,
                    problem->settings.format};
    problem->job.hashes_text = false;
    on_root(world, [&] {
        set_activity("calculating the expected answer");
        if (settings.workload == Workload::linear) problem->job.weights.items = count_lines_of(*problem);
        calculate_expected(*problem, notices);
    });
    // What every rank needs of it: the amount of work.
    struct {
        std::int64_t lines, done, rejected, ragged;
        double weight, heaviest;
    } amount = {problem->job.weights.items, problem->expected.done, problem->expected.rejected,
                problem->ragged.records,    problem->weight,        problem->heaviest};
    MPI_Bcast(&amount, sizeof amount, MPI_BYTE, 0, world.comm);
    problem->job.weights.items = amount.lines;
    problem->expected.done = amount.done;
    problem->expected.rejected = amount.rejected;
    problem->ragged.records = amount.ragged;
    problem->weight = amount.weight;
    problem->heaviest = amount.heaviest;
    if (std::any_of(chosen.begin(), chosen.end(),
                    [](const auto& variant) { return variant.run == segments; }))
        problem->tickets = SharedCounter(world);
    problem->effort = std::make_unique<EffortCheck>();
    return problem;
}

Judgement judge(const Problem& problem, Answer& answer, const Team& team) {
    const auto missing = problem.effort->missing(team, {bytes_of(problem), problem.expected.lines_read});
    return {.check = missing ? *missing : team.root() ? check(problem, answer) : Check(), .own = answer.own};
}

Work work(const Problem& problem) {
    Work work;
    work.items = problem.expected.records();
    if (problem.calculation.wait_seconds > 0) return work;
    work.bytes = bytes_of(problem);
    work.operations =
        static_cast<std::int64_t>(static_cast<double>(problem.calculation.operations) * problem.weight);
    if (work.operations > 0) work.operation = Operation::float64_add;
    return work;
}

namespace {

// For a calculation that waits, which no probe measures; none for others.
Limit limit(const Problem& problem, int ranks, int threads) {
    const double each = problem.calculation.wait_seconds;
    if (each == 0 || problem.expected.done == 0) return {};
    const int workers = ranks * threads;
    return {each * std::max(problem.weight / workers, problem.heaviest),
            fmt::format("{} waits of {} on average, {} at a time", problem.expected.done,
                        format_seconds(each * problem.weight / static_cast<double>(problem.expected.done)),
                        workers)};
}

}  // namespace

Facts parameters(const Problem& problem) {
    Facts facts = {{"records", problem.expected.records()},
                   {"bytes", bytes_of(problem)},
                   {"calculation", problem.calculation.name},
                   {"workload", std::string(name_of(problem.settings.workload))}};
    const auto& settings = problem.settings;
    if (settings.block_bytes > 0) facts.emplace_back("block", settings.block_bytes);
    for (auto& said : said_of(settings)) {
        if (said.usual) continue;
        std::replace(said.option.begin(), said.option.end(), '-', '_');
        facts.emplace_back(std::move(said.option), std::move(said.value));
    }
    return facts;
}

void describe(const Problem& problem, const Variant<Problem, Answer>& variant, Record& record) {
    record.limit = limit(problem, record.ranks, record.threads);
    if (variant.run == segments) record.not_run = problem.tickets.obstacle();
    if (variant.run != parallel_read && variant.run != segments) return;
    if (problem.settings.format.lines_per_record > 1)
        record.not_run = "records of several lines cannot be found from the middle of a file";
    if (variant.run == segments) return;
    const auto packed = std::find_if(problem.files.begin(), problem.files.end(),
                                     [](const auto& file) { return file.compression != Compression::none; });
    if (packed == problem.files.end()) return;
    record.not_run = fmt::format("{} is compressed, and cannot be read from the middle", packed->path);
}

}  // namespace pacer::fileio
