#include "apps/timings/compare/cases.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>
#include <unordered_map>
#include <utility>

#include "common/base/status.hpp"
#include "common/measure/disturbance.hpp"
#include "common/measure/statistics.hpp"

namespace pacer::timings {

namespace {

// Equal for equal keys and for no others. An order of the keys would not do: NaN, a double like any other to
// a parameter, has no place in one.
std::string identity(const Record& record) {
    auto text = fmt::format("{}/{}/{}/{}", record.app, record.variant, record.ranks, record.threads);
    for (const auto& [name, value] : record.parameters) {
        const auto held = to_string(value);  // may hold anything, so its length tells where it ends
        text += fmt::format("\n{} {} {} {}", name, value.index(), held.size(), held);
    }
    return text;
}

std::string shape_of(const CaseKey& key) {
    return fmt::format("{}/{} {} x {}", key.app, key.variant, key.ranks, key.threads);
}

// The shortest of 134217728, 128Mi and, of 2000000000, 2e9.
std::string short_words(const Value& value) {
    auto shortest = to_string(value);
    const auto* whole = std::get_if<std::int64_t>(&value);
    if (whole == nullptr || *whole < 10000) return shortest;
    const auto offer = [&](std::int64_t left, const std::string& unit) {
        const auto text = fmt::format("{}{}", left, unit);
        if (text.size() < shortest.size()) shortest = text;
    };
    auto left = *whole;
    for (const auto* unit : {"Ki", "Mi", "Gi"}) {
        if (left % 1024 != 0) break;
        offer(left /= 1024, unit);
    }
    left = *whole;
    for (int zeros = 1; left % 10 == 0; ++zeros) offer(left /= 10, fmt::format("e{}", zeros));
    return shortest;
}

// ", elements 128Mi": of the parameters as few as tell this case from its namesakes, the first ones if there
// is a choice.
std::string telling_words(const CaseKey& key, const std::vector<const CaseKey*>& namesakes) {
    std::vector<std::pair<std::string, std::string>> kept;
    for (const auto& [name, value] : key.parameters) kept.emplace_back(name, to_string(value));
    const auto tell = [&](std::size_t without) {
        return std::none_of(namesakes.begin(), namesakes.end(), [&](const CaseKey* other) {
            if (other == &key) return false;
            for (std::size_t i = 0; i < kept.size(); ++i) {
                if (i != without && fact(other->parameters, kept[i].first, "(none)") != kept[i].second)
                    return false;
            }
            return true;
        });
    };
    for (std::size_t i = kept.size(); i-- > 0;) {
        if (tell(i)) kept.erase(kept.begin() + static_cast<std::ptrdiff_t>(i));
    }
    std::string text;
    for (const auto& [name, words] : kept) {
        const auto found = std::find_if(key.parameters.begin(), key.parameters.end(),
                                        [&, wanted = name](const auto& one) { return one.first == wanted; });
        text += fmt::format("{}{} {}", text.empty() ? ", " : " ", name, short_words(found->second));
    }
    return text;
}

// The median of a case's repeats in one launch.
double median_of(const Record& record, const Launch& launch) {
    for (const double seconds : record.seconds) {
        if (std::isfinite(seconds) && seconds > 0) continue;
        throw UsageError(fmt::format("launch {} has a time of {} seconds in {}, which is no time", launch.id,
                                     seconds, shape_of(key_of(record))));
    }
    return median(record.repeat_seconds());
}

void add(Case& all, const Record& record, const Launch& launch, double disturbance) {
    all.failed += record.failed() ? 1 : 0;
    if (record.repeats() == 0) {
        all.not_run.push_back(record.not_run.empty() ? "it was stopped before the first repeat"
                                                     : record.not_run);
        return;
    }
    if (!all.launches.empty() && all.launches.back().launch == &launch) {
        throw UsageError(fmt::format("launch {} has {} twice: which is the case cannot be told", launch.id,
                                     shape_of(all.key)));
    }
    all.launches.push_back({&launch, &record, median_of(record, launch), disturbance});
}

// Whether they are one launch, read twice. What the two formats store in different ways is left out.
bool same_samples(const Launch& a, const Launch& b) {
    return std::equal(a.records.begin(), a.records.end(), b.records.begin(), b.records.end(),
                      [](const Record& x, const Record& y) {
                          return identity(x) == identity(y) && x.seconds == y.seconds &&
                                 x.of_ranks == y.of_ranks && x.round == y.round && x.batch == y.batch &&
                                 x.not_run == y.not_run && x.verdict.checked == y.verdict.checked &&
                                 x.verdict.failed == y.verdict.failed && x.verdict.got == y.verdict.got &&
                                 x.verdict.want == y.verdict.want;
                      });
}

std::set<std::string> names_of(const std::vector<Case>& cases) {
    std::set<std::string> names;
    for (const auto& one : cases) names.insert(one.key.app + "/" + one.key.variant);
    return names;
}

}  // namespace

std::string name_of(const CaseKey& key, const std::vector<CaseKey>& keys) {
    std::string parameters;
    for (const auto& [name, value] : key.parameters) {
        const auto has_it = [&](const CaseKey& other) {
            return other.app != key.app || fact(other.parameters, name) == to_string(value);
        };
        if (std::all_of(keys.begin(), keys.end(), has_it)) continue;
        parameters += fmt::format("{}{} {}", parameters.empty() ? ", " : " ", name, to_string(value));
    }
    return shape_of(key) + parameters;
}

CaseKey key_of(const Record& record) {
    return {record.app, record.variant, record.ranks, record.threads, record.parameters};
}

std::vector<std::string> short_names_of(const std::vector<CaseKey>& keys) {
    std::map<std::string, std::vector<const CaseKey*>> namesakes;
    for (const auto& key : keys) namesakes[shape_of(key)].push_back(&key);
    std::vector<std::string> names;
    for (const auto& key : keys) {
        const auto shape = shape_of(key);
        names.push_back(fmt::format("{}{}", shape, telling_words(key, namesakes.at(shape))));
    }
    return names;
}

ShortNames::ShortNames(std::vector<CaseKey> keys) {
    std::sort(keys.begin(), keys.end());
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    auto names = short_names_of(keys);
    for (std::size_t i = 0; i < keys.size(); ++i) names_.emplace(keys[i], std::move(names[i]));
}

std::vector<double> Case::medians() const {
    std::vector<double> seconds;
    for (const auto& launch : launches) seconds.push_back(launch.median_seconds);
    return seconds;
}

bool are_quick(const std::vector<Launch>& launches) {
    const auto quick = std::count_if(launches.begin(), launches.end(), [](const Launch& launch) {
        return number_in(launch.environment, "quick").value_or(0) > 0;
    });
    if (quick == 0) return false;
    if (quick == std::ssize(launches)) return true;
    throw UsageError(
        fmt::format("{} of {} launches are of a quick suite, whose times mean nothing: take either these or "
                    "the full ones",
                    quick, launches.size()));
}

std::vector<Launch> read_launches(const std::vector<std::string>& files, bool dedupe) {
    std::vector<Launch> launches;
    std::unordered_map<std::string, std::pair<std::size_t, std::string>> seen;  // index and file, by id
    for (const auto& file : files) {
        for (auto& launch : read_dump(file)) {
            const auto [earlier, is_new] = seen.try_emplace(launch.id, launches.size(), file);
            if (is_new) {
                launches.push_back(std::move(launch));
                continue;
            }
            const auto& [index, other] = earlier->second;
            const auto where = other == file ? fmt::format("there twice, in {}", file)
                                             : fmt::format("in {} and again in {}", other, file);
            if (!same_samples(launch, launches[index])) {
                throw UsageError(fmt::format("launch {} is {}, with other content", launch.id, where));
            }
            if (!dedupe) {
                throw UsageError(
                    fmt::format("launch {} is {}; give it once, or merge with --dedupe", launch.id, where));
            }
        }
    }
    std::stable_sort(launches.begin(), launches.end(),
                     [](const Launch& a, const Launch& b) { return a.id < b.id; });
    are_quick(launches);
    return launches;
}

std::vector<Case> cases_of(const std::vector<Launch>& launches) {
    std::vector<const Launch*> by_id;
    for (const auto& launch : launches) by_id.push_back(&launch);
    std::stable_sort(by_id.begin(), by_id.end(), [](auto* a, auto* b) { return a->id < b->id; });
    std::vector<Case> cases;
    std::unordered_map<std::string, std::size_t> index;
    for (const auto* launch : by_id) {
        const double disturbed = disturbance(*launch);  // once, which takes a look at all places and records
        for (const auto& record : launch->records) {
            const auto [found, is_new] = index.try_emplace(identity(record), cases.size());
            if (is_new) cases.push_back({key_of(record), {}, {}, 0});
            add(cases[found->second], record, *launch, disturbed);
        }
    }
    return cases;
}

std::vector<std::string> untested_among(const std::vector<Case>& cases) {
    std::vector<CaseKey> keys;
    for (const auto& one : cases) keys.push_back(one.key);
    std::vector<std::string> lines;
    for (const auto& one : cases) {
        if (one.launches.empty())
            lines.push_back(fmt::format("{}: not run: {}", name_of(one.key, keys), one.not_run.front()));
    }
    return lines;
}

bool matches(const CaseKey& key, const std::string& wanted) {
    const auto slash = wanted.find('/');
    const auto app = wanted.substr(0, slash);
    const auto variant = slash == std::string::npos ? "" : wanted.substr(slash + 1);
    return (app.empty() || app == key.app) && (variant.empty() || variant == key.variant);
}

std::vector<Case> select(std::vector<Case> cases, const std::vector<std::string>& wanted) {
    if (wanted.empty()) return cases;
    for (const auto& one : wanted) {
        if (std::none_of(cases.begin(), cases.end(), [&](const Case& c) { return matches(c.key, one); })) {
            throw UsageError(fmt::format("unknown case '{}'; choose from {} (APP/VARIANT, APP or /VARIANT)",
                                         one, fmt::join(names_of(cases), ", ")));
        }
    }
    std::erase_if(cases, [&](const Case& c) {
        return std::none_of(wanted.begin(), wanted.end(),
                            [&](const auto& one) { return matches(c.key, one); });
    });
    return cases;
}

}  // namespace pacer::timings
