// Damaged journals, gone on with as fileio does, by one thread.
#include <fmt/format.h>
#include <xxhash.h>

#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "apps/fileio/calculation/calculation.hpp"
#include "apps/fileio/delivery/journal.hpp"
#include "apps/fileio/delivery/results.hpp"
#include "apps/fileio/flow/process.hpp"
#include "common/base/status.hpp"
#include "io/records/reader.hpp"
#include "tests/campaign/damaged.hpp"

namespace pacer::campaign {

namespace {

namespace fs = std::filesystem;
using fileio::Journal;

const std::vector<std::string> inputs = {"a.txt", "b.gz"};
const fileio::ResultsTarget target{"r.csv", true, "calculation: sum\n"};
const std::string& run_text = target.options;

const fileio::Calculation& sum() {
    static const auto calculation = fileio::make_calculation("sum");
    return calculation;
}

// Does what the journal lacks, up to so many blocks. The lines that were read, if all were.
std::optional<std::int64_t> work(Journal& journal, std::int64_t block, std::size_t blocks) {
    std::optional<Reader> reader;
    const auto add_files = [&] {
        while (journal.files().size() < reader->files().size())
            journal.add_file(reader->files()[journal.files().size()]);
    };
    EarlierReading earlier;
    earlier.done = journal.earlier();
    earlier.keep = [&](const DoneRange& range, std::int64_t file) {
        add_files();
        journal.keep(range.number, file);
    };
    earlier.drop = [&](const DoneRange& range, std::int64_t) { journal.drop(range.number); };
    reader.emplace(inputs, ReadSettings(), std::move(earlier));
    fileio::Job job{&sum(), {}, fileio::OnError::skip};
    fileio::Processor processor(job, 0);
    Bytes text;
    for (;; --blocks) {
        const auto place = reader->next(text, block);
        add_files();
        if (!place) return reader->lines();
        if (blocks == 0) return std::nullopt;
        journal.add_begun(*place);
        const auto& path = reader->files()[static_cast<std::size_t>(place->file)].path;
        processor.process({*place, path, text}, [&](const Bytes& piece) { journal.add_piece(piece); });
        text.clear();
    }
}

std::string read_if_there(const std::string& path) {
    return fs::exists(path) ? get(path) : std::string();
}

// The results and the list of rejected records; or why there are none.
struct Results {
    std::string rows, rejected, refusal;
};
Results finish(const std::function<Journal()>& open, std::int64_t block) {
    for (const auto& path : target.paths()) {
        if (path != target.journal_path()) fs::remove(path);
    }
    try {
        auto journal = open();
        constexpr std::size_t all = std::size_t{1} << 40;
        const auto lines = work(journal, block, all);
        const auto account = write_results(journal, sum(), target, lines.value());
        if (!account.violation.empty()) return {{}, {}, account.violation};
    } catch (const UsageError& error) {
        return {{}, {}, error.what()};
    }
    return {get(target.path), read_if_there(target.rejected_path()), {}};
}

// An input, its results, and what cut runs left of it.
struct Cut {
    Results whole;
    std::string journal;
};

Cut cut_run(Random& random) {
    auto first = random_text(random);
    if (random.one_in(3)) damage_text(random, first);
    put(inputs[0], first);
    put(inputs[1], gzip(random_text(random), 1));
    const auto never_cut = [] {
        auto results = finish([] { return Journal::begin(target.journal_path(), run_text); }, 1 << 20);
        fs::remove(target.journal_path());
        return results;
    };
    Cut cut{never_cut(), {}};
    if (!cut.whole.refusal.empty()) return cut;  // an input that is none
    for (auto sessions = random.between(1, 3); sessions > 0; --sessions) {
        auto journal = fs::exists(target.journal_path()) ? Journal::go_on(target.journal_path(), run_text)
                                                         : Journal::begin(target.journal_path(), run_text);
        work(journal, static_cast<std::int64_t>(random.between(1, 300)), random.below(12));
        if (random.one_in(3)) journal.flush();
        if (random.one_in(3)) journal.add_ended();
    }
    cut.journal = get(target.journal_path());
    fs::remove(target.journal_path());
    if (random.one_in(2)) return cut;
    damage_text(random, first);  // its input is another one by now
    put(inputs[0], first);
    cut.whole = never_cut();
    if (!cut.whole.refusal.empty()) cut.journal.clear();
    return cut;
}

// An entry: a header of 32 bytes, its content, and padding.
constexpr std::size_t header_bytes = 32, first_entry = 24;

std::vector<Block> entries_of(const std::string& journal) {
    std::vector<Block> entries;
    for (auto at = first_entry; at + header_bytes <= journal.size();) {
        std::int64_t length = 0;
        std::memcpy(&length, &journal[at + 8], sizeof length);
        const auto bytes = header_bytes + (static_cast<std::size_t>(length) + 7) / 8 * 8;
        if (bytes > journal.size() - at) break;
        entries.push_back({at, bytes});
        at += bytes;
    }
    return entries;
}

// Whole entries that are doubled, swapped or gone; lengths that are wrong though the header's hash is right.
void damage_entries(Random& random, std::string& journal) {
    const auto entries = entries_of(journal);
    if (entries.empty()) return;
    const auto one = random.of(entries), other = random.of(entries);
    const auto text = journal.substr(one.at, one.bytes);
    switch (random.below(5)) {
        case 0:
            journal.insert(other.at, text);
            return;
        case 1:
            journal.erase(one.at, one.bytes);
            return;
        case 2: {
            const auto of_other = journal.substr(other.at, other.bytes);
            const bool in_order = one.at < other.at;
            const auto& left = in_order ? one : other;
            const auto& right = in_order ? other : one;
            if (left.at == right.at) return;
            journal.replace(right.at, right.bytes, in_order ? text : of_other);
            journal.replace(left.at, left.bytes, in_order ? of_other : text);
            return;
        }
        case 3:
            journal.resize(one.at);
            return;
        default: {
            constexpr std::size_t length_at = 8, hash_at = 24;
            std::int64_t length = 0;
            std::memcpy(&length, &journal[one.at + length_at], sizeof length);
            const std::array<std::int64_t, 6> wrong = {
                0,
                length - 1,
                length + 1,
                length + 8,
                std::int64_t{1} << 40,
                static_cast<std::int64_t>(random.below(journal.size()))};
            length = random.of(wrong);
            std::memcpy(&journal[one.at + length_at], &length, sizeof length);
            const auto hash = ::XXH3_64bits(&journal[one.at], hash_at);
            std::memcpy(&journal[one.at + hash_at], &hash, sizeof hash);
        }
    }
}

}  // namespace

// One cut run serves for some damages: making it takes longest.
Came try_journal(Random& random) {
    static Cut cut;
    static int left = 0;
    constexpr int damages_of_one = 20;
    if (left-- <= 0 || cut.journal.empty()) {
        cut = cut_run(random);
        left = damages_of_one;
        if (cut.journal.empty()) return refused(cut.whole.refusal);
    }
    auto journal = cut.journal;
    for (auto times = random.below(4); times > 0; --times)
        random.one_in(2) ? damage_entries(random, journal) : damage_bytes(random, journal);
    put(target.journal_path(), journal);
    const auto got = finish([] { return Journal::go_on(target.journal_path(), run_text); },
                            static_cast<std::int64_t>(random.between(1, 2000)));
    fs::remove(target.journal_path());
    if (!got.refusal.empty()) return refused(got.refusal);
    if (got.rows != cut.whole.rows) broken("other results", got.rows, cut.whole.rows);
    if (got.rejected != cut.whole.rejected) broken("others rejected", got.rejected, cut.whole.rejected);
    return Came::right;
}

}  // namespace pacer::campaign
