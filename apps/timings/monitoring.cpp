#include "apps/timings/monitoring.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <utility>

#include "apps/timings/compare/environments.hpp"
#include "common/report/table.hpp"

namespace pacer::timings {

namespace {

constexpr std::array<std::pair<Finding, std::string_view>, 9> words = {
    {{Finding::slower, "slower"},
     {Finding::failed, "failed"},
     {Finding::missing, "missing"},
     {Finding::inconclusive, "inconclusive"},
     {Finding::expected, "expected"},
     {Finding::faster, "faster"},
     {Finding::within_margin, "within_margin"},
     {Finding::equivalent, "equivalent"},
     {Finding::not_compared, "not_compared"}}};

std::string_view word_of(Finding finding) {
    return std::find_if(words.begin(), words.end(), [&](auto& one) { return one.first == finding; })->second;
}

std::vector<CaseKey> keys_of(const std::vector<PeerRow>& rows) {
    std::vector<CaseKey> keys;
    for (const auto& row : rows) keys.push_back(row.from_peers.key);
    return keys;
}

// "simd 1 x 1, elements 1000", on what node if there is one.
std::string name_of(const PeerRow& row, const std::vector<CaseKey>& keys) {
    auto name = pacer::timings::name_of(row.from_peers.key, keys);
    if (!row.name.empty()) name += fmt::format(" on {}", row.name);
    return name;
}

// What Jenkins calls it: nothing if all is well.
std::string_view element_of(Finding finding) {
    if (is_bad(finding)) return "failure";
    if (finding == Finding::inconclusive) return "error";
    if (finding == Finding::not_compared || finding == Finding::expected) return "skipped";
    return {};
}

std::string_view element_of(ExitStatus status) {
    if (status == ExitStatus::right) return {};
    return status == ExitStatus::inconclusive ? "error" : "failure";
}

std::string message_of(const Difference& one) {
    std::string text(word_of(one.finding));
    if (one.judged()) text += fmt::format(": {:.3f}", one.ratio);
    if (one.low && one.high) text += fmt::format(" ({:.3f} .. {:.3f})", *one.low, *one.high);
    if (!one.note.empty()) text += fmt::format(": {}", one.note);
    return text;
}

class Suite {
  public:
    void add(std::string_view class_name, std::string_view name, double seconds, std::string_view element,
             std::string_view message) {
        ++tests_;
        cases_ += fmt::format("    <testcase classname=\"{}\" name=\"{}\" time=\"{:.9g}\"",
                              html_text(class_name), html_text(name), seconds);
        if (element.empty()) {
            cases_ += "/>\n";
            return;
        }
        ++(element == "failure" ? failures_ : element == "error" ? errors_ : skipped_);
        cases_ +=
            fmt::format(">\n      <{} message=\"{}\"/>\n    </testcase>\n", element, html_text(message));
    }

    std::string text(std::string_view name) const {
        return fmt::format(
            "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\">\n{}  "
            "</testsuite>\n",
            html_text(name), tests_, failures_, errors_, skipped_, cases_);
    }

  private:
    int tests_ = 0, failures_ = 0, errors_ = 0, skipped_ = 0;
    std::string cases_;
};

// A text between quotes.
std::string label_text(std::string_view text) {
    std::string safe;
    for (const char c : text) {
        if (c == '\n') {
            safe += "\\n";
            continue;
        }
        if (c == '"' || c == '\\') safe += '\\';
        safe += c;
    }
    return safe;
}

using Labels = std::vector<std::pair<std::string_view, std::string>>;

// The values of one metric, which have to stand together.
class Metric {
  public:
    Metric(std::string name, std::string_view help)
        : name_(std::move(name)), text_(fmt::format("# HELP {0} {1}\n# TYPE {0} gauge\n", name_, help)) {}

    void add(const Labels& labels, double value) {
        if (!std::isfinite(value)) return;
        any_ = true;
        text_ += name_;
        char before = '{';
        for (const auto& [label, its] : labels)
            text_ += fmt::format("{}{}=\"{}\"", std::exchange(before, ','), label, label_text(its));
        text_ += fmt::format("{} {}\n", labels.empty() ? "" : "}", value);
    }

    std::string text() const { return any_ ? text_ : std::string(); }

  private:
    std::string name_, text_;
    bool any_ = false;
};

Labels labels_of(const PeerRow& row, std::string_view kind) {
    const auto& key = row.from_peers.key;
    Labels labels = {{"app", key.app},
                     {"variant", key.variant},
                     {"ranks", std::to_string(key.ranks)},
                     {"threads", std::to_string(key.threads)},
                     {"parameters", words_of(key.parameters, " ", "=")}};
    if (!kind.empty()) labels.insert(labels.begin(), {kind, row.name});
    return labels;
}

Metric latest_metric(const std::string& prefix, std::optional<std::time_t> latest) {
    Metric metric(prefix + "_launch_timestamp_seconds", "when the latest launch began");
    if (latest) metric.add({}, static_cast<double>(*latest));
    return metric;
}

}  // namespace

std::vector<PeerRow> without_names(const std::vector<Difference>& differences) {
    std::vector<PeerRow> rows;
    for (const auto& one : differences) rows.push_back({{}, one});
    return rows;
}

std::optional<std::time_t> latest_start(const std::vector<Launch>& launches) {
    std::optional<std::time_t> latest;
    for (const auto& launch : launches) {
        std::tm parts{};
        if (strptime(fact(launch.environment, "start_time").c_str(), "%Y-%m-%dT%H:%M:%SZ", &parts) == nullptr)
            continue;
        const auto start = timegm(&parts);
        if (!latest || start > *latest) latest = start;
    }
    return latest;
}

std::string junit(const Findings& findings) {
    const auto keys = keys_of(findings.rows);
    std::vector<std::string> apps;
    std::map<std::string, Suite> suites;
    for (const auto& row : findings.rows) {
        const auto& one = row.from_peers;
        if (!suites.contains(one.key.app)) apps.push_back(one.key.app);
        suites[one.key.app].add(one.key.app, name_of(row, keys), one.subject.seconds, element_of(one.finding),
                                message_of(one));
    }
    const auto whole = "timings " + findings.command;
    Suite last;
    last.add(whole, "all of it", 0, element_of(findings.status), findings.sentence);
    auto text = fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"{}\">\n", whole);
    for (const auto& app : apps) text += suites.at(app).text(app);
    return text + last.text(whole) + "</testsuites>\n";
}

std::string prometheus(const Findings& findings) {
    const auto prefix = "pacer_" + findings.command;
    Metric ratio(prefix + "_ratio", "time now by time before, or by that of the peers; above 1 is slower");
    Metric seconds(prefix + "_seconds", "median time of an execution now");
    Metric reference(prefix + "_reference_seconds", "median time of an execution before, or of the peers");
    Metric finding(prefix + "_finding", "1 for what was found of the case");
    Metric status(prefix + "_status", "0 right, 1 slower or wrong, 3 inconclusive, 4 not the same tests");
    for (const auto& row : findings.rows) {
        const auto& one = row.from_peers;
        auto labels = labels_of(row, findings.kind);
        if (one.judged()) ratio.add(labels, one.ratio);
        if (one.subject.seconds > 0) seconds.add(labels, one.subject.seconds);
        if (one.reference.seconds > 0) reference.add(labels, one.reference.seconds);
        labels.emplace_back("finding", "");
        for (const auto& [each, word] : words) {
            labels.back().second = word;
            finding.add(labels, each == one.finding ? 1 : 0);
        }
    }
    status.add({}, static_cast<double>(findings.status));
    return ratio.text() + seconds.text() + reference.text() + finding.text() + status.text() +
           latest_metric(prefix, findings.latest).text();
}

std::string prometheus(const std::vector<Figure>& figures, const std::string& host,
                       std::optional<std::time_t> latest) {
    Metric value("pacer_headline", "what the machine can do, in the unit of the label");
    for (const auto& figure : figures)
        value.add({{"key", figure.key}, {"unit", figure.unit}, {"host", host}}, figure.value);
    return value.text() + latest_metric("pacer_headline", latest).text();
}

}  // namespace pacer::timings
