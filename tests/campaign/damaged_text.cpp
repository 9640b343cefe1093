// Damaged text and archives of text.
#include <fmt/format.h>
#include <xxhash.h>
#include <zlib.h>
#include <zstd.h>

#include <cmath>
#include <optional>
#include <vector>

#include "apps/fileio/flow/process.hpp"
#include "common/base/status.hpp"
#include "io/records/reader.hpp"
#include "tests/campaign/damaged.hpp"
#include "tests/io/records/plain_reader.hpp"

namespace pacer::campaign {

namespace {

using fileio::Piece;

// Differs if any bit of a number does.
double fingerprint(std::span<const double> numbers) {
    return std::ldexp(static_cast<double>(::XXH3_64bits(numbers.data(), numbers.size_bytes()) >> 11), -11);
}

// What became of a line.
struct Fate {
    char is = '?';  // d(one), s(kipped), r(ejected)
    double result = 0;
    bool operator==(const Fate&) const = default;
};

std::vector<Fate> expected(std::string_view text, std::vector<bool>& may_be_refused) {
    std::vector<Fate> fates;
    std::size_t fields = 0;
    for (const auto line : plain::lines_of(text)) {
        const auto read = plain::read(line);
        const bool record = read.kind == plain::Line::Kind::record;
        if (record && fields == 0) fields = read.numbers.size();
        may_be_refused.push_back(read.quoted);
        if (record && read.numbers.size() == fields) {
            fates.push_back({'d', fingerprint(read.numbers)});
        } else {
            fates.push_back({read.kind == plain::Line::Kind::blank ? 's' : 'r'});
        }
    }
    return fates;
}

std::vector<Fate> fates_of(const std::string& path, std::int64_t block) {
    fileio::Calculation calculation;
    calculation.results = calculation.fields = 1;
    calculation.takes_all = true;
    calculation.calculate = [](auto fields, double, auto results, auto&) {
        results[0] = fingerprint(fields);
        return true;
    };
    fileio::Job job{&calculation, {}, fileio::OnError::skip};
    fileio::Processor processor(job, 0);
    Reader reader({path}, {});
    std::vector<Fate> fates;
    Bytes text;
    while (const auto place = reader.next(text, block)) {
        processor.process({*place, path, text}, [&](const Bytes& bytes) {
            const Piece piece(bytes);
            if (const auto violation = piece.violation(); !violation.empty()) broken(violation);
            const auto before = fates.size();
            if (piece.place().first_line != std::ssize(fates)) broken("a piece of other lines");
            fates.resize(before + static_cast<std::size_t>(piece.place().lines));
            for (std::size_t i = 0; i < piece.done().size(); ++i)
                fates[before + piece.done()[i]] = {'d', piece.values()[i]};
            for (const auto line : piece.skipped()) fates[before + line] = {'s'};
            for (const auto& record : piece.rejected())
                fates[before + static_cast<std::size_t>(record.line)] = {'r'};
        });
        text.clear();
    }
    if (reader.lines() != std::ssize(fates)) broken("lines are lost");
    return fates;
}

// `text`: of the file, none if it must be refused.
Came judge(Random& random, const std::string& bytes, const std::optional<std::string>& text) {
    put("input", bytes);
    std::vector<Fate> got;
    try {
        constexpr std::array<std::int64_t, 5> blocks = {1, 7, 64, 500, 1 << 20};
        got = fates_of("input", random.of(blocks));
    } catch (const UsageError& error) {
        return refused(error.what());
    }
    if (!text) broken("a damaged archive is read", bytes);
    std::vector<bool> may_be_refused;
    const auto wanted = expected(*text, may_be_refused);
    if (got.size() != wanted.size())
        broken(fmt::format("{} lines, not {}", got.size(), wanted.size()), *text);
    for (std::size_t line = 0; line < got.size(); ++line) {
        if (got[line] == wanted[line] || (got[line].is == 'r' && may_be_refused[line])) continue;
        broken(fmt::format("line {}: {} {:.17g}, not {} {:.17g}", line + 1, got[line].is, got[line].result,
                           wanted[line].is, wanted[line].result),
               *text);
    }
    return Came::right;
}

std::string random_number(Random& random) {
    const auto digits = [&](std::size_t most) {
        std::string text;
        for (auto count = random.between(1, most); count > 0; --count)
            text += static_cast<char>('0' + random.below(10));
        return text;
    };
    std::string number(random.one_in(3) ? "-" : random.one_in(9) ? "+" : "");
    number += digits(random.one_in(5) ? 20 : 3);
    if (!random.one_in(4)) number += '.' + digits(random.one_in(3) ? 18 : 4);
    if (random.one_in(3)) {
        number += random.of(std::string_view("eEdDqQ"));
        number += random.of(std::string_view("+-"));
        number += digits(random.one_in(6) ? 3 : 2);
    } else if (random.one_in(12)) {
        number = fmt::format("{}.{}+1{}", random.below(10), digits(5), 10 + random.below(90));
    }
    if (random.one_in(30)) number = fmt::format("{}*{}", random.between(1, 4), number);
    return number;
}

// The text of an archive by the libraries' functions for a whole buffer.
std::optional<std::string> gunzipped(std::string_view bytes) {
    std::string text(std::size_t{1} << 20, '\0');
    std::size_t have = 0;
    while (!bytes.empty()) {
        if (bytes.front() == '\0') {
            bytes.remove_prefix(1);
            continue;
        }
        z_stream state{};
        constexpr int gzip_only = 16;
        inflateInit2(&state, MAX_WBITS + gzip_only);
        state.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
        state.avail_in = static_cast<uInt>(bytes.size());
        state.next_out = reinterpret_cast<Bytef*>(text.data() + have);
        state.avail_out = static_cast<uInt>(text.size() - have);
        const int result = inflate(&state, Z_FINISH);
        have += state.total_out;
        bytes.remove_prefix(state.total_in);
        inflateEnd(&state);
        if (result != Z_STREAM_END) return {};
    }
    text.resize(have);
    return text;
}

std::optional<std::string> unzstd(std::string_view bytes) {
    std::string text(std::size_t{1} << 20, '\0');
    const auto got = ZSTD_decompress(text.data(), text.size(), bytes.data(), bytes.size());
    if (ZSTD_isError(got) != 0) return {};
    text.resize(got);
    return text;
}

}  // namespace

std::string random_text(Random& random) {
    using namespace std::string_view_literals;
    static constexpr std::array separators = {" "sv, "  "sv, "\t"sv, ","sv, ", "sv, " \t "sv};
    const auto separator = random.of(separators);
    const std::string_view end = random.one_in(4) ? "\r\n" : "\n";
    const auto fields = random.between(1, 5), lines = random.below(random.one_in(4) ? 60 : 12);
    std::string text(random.one_in(8) ? "\xef\xbb\xbf" : "");
    for (std::size_t line = 0; line < lines; ++line) {
        if (line > 0) text += end;
        if (random.one_in(12)) continue;
        if (random.one_in(12)) {
            text += "# none, \"of it\"";
            continue;
        }
        for (std::size_t field = 0; field < fields; ++field) {
            if (field > 0) text += separator;
            const auto number = random_number(random);
            const bool quoted = random.one_in(20);
            if (quoted) text += '"';
            text += number;
            if (quoted) text += '"';
        }
        if (random.one_in(15)) text += " # that";
    }
    if (!random.one_in(3)) text += end;
    return text;
}

Came try_text(Random& random) {
    auto text = random_text(random);
    for (auto times = random.below(4); times > 0; --times) damage_text(random, text);
    // What begins like an archive is one.
    if (text.starts_with("\x1f\x8b\x08")) return judge(random, text, gunzipped(text));
    return judge(random, text, text);
}

Came try_archive(Random& random) {
    const bool by_zstd = random.one_in(2);
    std::string archive, stale;
    for (auto members = random.between(1, 3); members > 0; --members) {
        auto text = random_text(random);
        const int level = static_cast<int>(random.between(1, 6));
        const bool checksum = !random.one_in(4);
        auto member = by_zstd ? zstd(text, level, checksum) : gzip(text, level);
        if (random.one_in(4)) {  // the checksum and length at the end are of another text
            damage_text(random, text);
            const auto other = by_zstd ? zstd(text, level, checksum) : gzip(text, level);
            constexpr std::size_t trailer = 4;
            member.replace(member.size() - trailer, trailer, other.substr(other.size() - trailer));
        }
        archive += member;
        if (random.one_in(6)) archive.append(random.between(1, 9), '\0');
    }
    for (auto times = random.below(3); times > 0; --times) damage_bytes(random, archive);
    if (archive.starts_with("\x1f\x8b\x08")) return judge(random, archive, gunzipped(archive));
    const bool frame = archive.starts_with("\x28\xb5\x2f\xfd");
    const bool skippable = archive.size() >= 4 && archive.substr(1, 3) == "\x2a\x4d\x18" &&
                           (static_cast<unsigned char>(archive[0]) & 0xf0) == 0x50;
    return judge(random, archive, frame || skippable ? unzstd(archive) : archive);
}

}  // namespace pacer::campaign
