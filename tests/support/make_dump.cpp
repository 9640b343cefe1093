// make_dump KIND FILE: writes a dump made by hand, for tests that start from a file.
//   right      three cases, one of them not run
//   summarised the same, of as many ranks that only their quartiles are kept
//   wrong      one answer was wrong
//   items      the shares hold an item too many
//   partials   the partial results do not add up
//   words      a partial result is no number
//   rounded    the partial results add up but for less than the tolerance
//   racy       they do not add up either, in a case that promises nothing
//   unchecked  no answer was checked
//   idle       nothing was run
//   typical    7 cases of 20 repeats on 4 ranks
#include <fmt/format.h>

#include <cstdio>

#include "common/base/status.hpp"
#include "io/dump/dump.hpp"
#include "tests/io/dump/dump_examples.hpp"

namespace {

using namespace pacer;

Launch make(const std::string& kind) {
    auto launch = examples::launch("20261122T120721Z-00000001");
    auto& hybrid = launch.records[1];
    if (kind == "right") return launch;
    if (kind == "summarised") {
        examples::summarise(hybrid);
    } else if (kind == "wrong") {
        hybrid.verdict = {4, 1, "7", "8", "0"};
    } else if (kind == "items") {
        ++hybrid.shares[1].items;
    } else if (kind == "partials" || kind == "racy") {
        hybrid.shares[1].partial = "-9";
        if (kind == "racy") hybrid.promise = Promise::racy;
    } else if (kind == "rounded") {
        hybrid.verdict = {4, 0, "0.3", "0.3", "1e-15"};
        for (auto& share : hybrid.shares) share.partial = "0.1";
    } else if (kind == "words") {
        hybrid.shares[1].partial = "-8 apples";
    } else if (kind == "unchecked") {
        hybrid.verdict = {};
    } else if (kind == "idle") {
        launch.records = {examples::not_run("serial")};
        launch.doubts.clear();
    } else if (kind == "typical") {
        launch = examples::launch(launch.id, 4, 20);
        launch.records.assign(7, examples::record("mpi", 4, 20));
    } else {
        throw UsageError("make_dump: no kind of dump is called " + kind);
    }
    return launch;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        if (argc != 3) throw UsageError("make_dump KIND FILE");
        fmt::print("{}\n", DumpFile(argv[2], true, "make_dump", 1).write(make(argv[1])));
        return 0;
    } catch (const std::exception& error) {
        fmt::print(stderr, "{}\n", error.what());
        return 2;
    }
}
