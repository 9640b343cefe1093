// What makes the numbers of a launch less trustworthy: facts, and the table of their kinds with a sentence
// each.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace pacer {

struct Doubt {
    std::string kind;     // the name of a DoubtKind
    int record = -1;      // the case it concerns, an index into the launch's records; -1: the launch
    std::string subject;  // what it concerns besides: ranks and a host, a setting
    double value = 0;     // how much, if that can be said
    bool operator==(const Doubt&) const = default;
};

enum class Gravity {
    fault,
    doubt,
    note
};  // what was meant was not run; numbers may be off; how it was timed

// `sentence` may have "{subject}" and "{value}" in it. Of kinds that concern cases the cases follow it, each
// with its value.
struct DoubtKind {
    std::string_view name;
    Gravity gravity;
    std::string_view sentence;
    std::string_view format = {};          // of the value times `factor`; empty: it has none
    std::string_view unit = {}, one = {};  // that follows it, and if the value is told as "1"
    double factor = 1;
    std::string_view negative_unit = {};  // that follows the absolute value of one below 0
};

// All kinds, in the order in which they are shown.
std::span<const DoubtKind> doubt_kinds();

// A dump may come from a newer version: a kind that is not in the table is shown by its name and subject.
const DoubtKind& doubt_kind(std::string_view name);

// A value in words, or the range of several: "1 core", "3-7 %", "12 % faster to 5 % slower".
std::string value_words(const DoubtKind& kind, double low, double high);

// The sentence of one doubt, or of several that differ in their values.
std::string sentence(const DoubtKind& kind, std::string_view subject, double low, double high);
std::string sentence(const Doubt& doubt);

}  // namespace pacer
