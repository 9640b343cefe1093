// Every variant of memory on real ranks, sizes that do not divide, and that a wrong element shows wherever it
// is.
#include "apps/memory/memory.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <set>

#include "apps/memory/cycle.hpp"
#include "apps/memory/eviction.hpp"
#include "apps/memory/kernels.hpp"
#include "apps/memory/needs.hpp"
#include "apps/memory/sweep.hpp"
#include "common/machine/topology.hpp"
#include "tests/support/mpi_world.hpp"

namespace pacer::memory {
namespace {

using Chosen = Group<Problem, Answer>;

Groups only(std::string_view problem) {
    auto chosen = experiments;
    std::erase_if(chosen, [&](const Chosen& one) { return one.problem != problem; });
    return chosen;
}

// A machine as there are many, whatever this one is.
const Caches usual_caches{{{1, 48 << 10}, {2, 1 << 20}, {3, 32 << 20}}, 32 << 20};

Settings settings_of(std::int64_t elements) {
    Settings settings;
    settings.elements = elements;
    settings.ahead = 3;
    settings.caches = usual_caches;
    return settings;
}

Team team_for(Uses uses, const Threads& threads) {
    Team team = uses_ranks(uses) ? world() : team_of_one(1);
    team.threads = threads_for(threads, uses);
    return team;
}

Record record_of(const Problem& problem, const Chosen& experiment, const MemoryVariant& variant) {
    Record record;
    record.variant = variant.name;
    record.uses = variant.uses;
    record.baseline = experiment.baseline;
    record.parameters = parameters(problem, experiment.problem);
    describe(problem, variant, record);
    return record;
}

Judgement judged(const Problem& problem, std::string_view experiment, const MemoryVariant& variant,
                 Answer& answer, const Team& team = team_of_one(1)) {
    return judge_of(experiment)(problem, variant, answer, team);
}

// Runs a variant once, as the timed loop would. Collective.
void expect_right(const Problem& problem, const Chosen& experiment, const MemoryVariant& variant,
                  const Threads& threads) {
    SCOPED_TRACE(std::string(variant.name));
    const bool together = uses_ranks(variant.uses);
    if (!together && !world().root()) return;
    const auto team = team_for(variant.uses, threads);
    prepare(problem, variant, team);
    auto answer = variant.run(problem, team);
    const auto judgement = judged(problem, experiment.problem, variant, answer, team);
    auto items = judgement.own.value().items;
    if (together) MPI_Allreduce(MPI_IN_PLACE, &items, 1, MPI_INT64_T, MPI_SUM, world().comm);
    EXPECT_EQ(items, record_of(problem, experiment, variant).work.items);
    if (!team.root()) return;
    const auto& verdict = judgement.check;
    EXPECT_TRUE(verdict.passed()) << "got " << to_string(verdict.got) << " want " << to_string(verdict.want);
}

TEST(Memory, EveryVariantIsRightAtEverySize) {
    const std::int64_t ranks = world().size;
    const std::vector<std::int64_t> sizes = {0, 1, 7, 8, 8 * ranks + 3, 1000, 70'001},
                                    some = {0, 8 * ranks + 3, 1000};
    for (const Threads threads : {Threads{1, 1, false}, Threads{3, 2, false}}) {
        for (const auto n : threads.process == 1 ? sizes : some) {
            const auto chosen = experiments;
            const auto problem = make_problem(world(), threads, settings_of(n), chosen);
            for (const auto& experiment : chosen) {
                for (const auto& variant : experiment.variants) {
                    SCOPED_TRACE(n);
                    expect_right(problem, experiment, variant, threads);
                    expect_right(problem, experiment, variant, threads);  // finds what the first has left
                }
            }
        }
    }
}

TEST(Memory, MakesOnlyWhatIsNeeded) {
    const auto reading = make_problem(world(), {}, settings_of(100), only("read"));
    EXPECT_TRUE(reading.ranks && !reading.ranks->c);
    EXPECT_EQ(reading.order.size(), 0U);
    EXPECT_FALSE(reading.small_pages || reading.links || reading.padded || reading.kept);
    const auto chains_only = make_problem(world(), {}, settings_of(100), only("pages"));
    EXPECT_FALSE(chains_only.ranks);
    EXPECT_EQ(bool{chains_only.small_pages}, world().root());
}

TEST(Memory, AsksForTheMemoryItNeeds) {
    const auto message_of = [](const auto& make) -> std::string {
        try {
            make();
        } catch (const UsageError& error) {
            return error.what();
        }
        return "not refused";
    };
    const auto of_problem = [&](std::int64_t elements) {
        auto settings = settings_of(elements);
        settings.memory_bytes = std::int64_t{1} << 30;
        return message_of([&] { make_problem(world(), {}, settings, experiments); });
    };
    const auto of_sweep = [&](std::int64_t elements) {
        auto settings = settings_of(elements);
        settings.memory_bytes = std::int64_t{1} << 30;
        return message_of([&] { make_sweep(world(), settings); });
    };
    const auto says = [](const std::string& message, std::string_view words) {
        EXPECT_NE(message.find(words), std::string::npos) << message;
    };
    says(of_problem(std::int64_t{1} << 33), "has 921.6 MiB for them");
    says(of_problem((std::int64_t{1} << 33) + 1), "would not be exact");
    says(of_sweep(std::int64_t{1} << 33), "has 921.6 MiB for them");
    says(of_sweep(1000), "begins at");
}

// Where memory is short, arrays of the usual size take no more than half; given sizes are refused.
TEST(Memory, MakesSmallerArraysWhereMemoryIsShort) {
    Settings settings;
    settings.caches = usual_caches;
    settings.memory_bytes = std::int64_t{1} << 30;
    const auto usual = make_problem(world(), {}, settings, only("pages"));
    EXPECT_FALSE(usual.doubt);
    settings.memory_bytes = usual.core_elements * 8 / 2;
    const auto smaller = make_problem(world(), {}, settings, only("pages"));
    ASSERT_TRUE(smaller.doubt);
    EXPECT_NE(sentence(*smaller.doubt).find("of the usual size"), std::string::npos);
    EXPECT_LE(smaller.core_elements * 8, settings.memory_bytes / 2);
    EXPECT_GE(smaller.core_elements * 8, settings.memory_bytes / 32);
    settings.elements = usual.core_elements;
    EXPECT_THROW(make_problem(world(), {}, settings, only("pages")), UsageError);
    settings.elements.reset();
    settings.memory_bytes = 1;
    EXPECT_THROW(make_problem(world(), {}, settings, only("pages")), UsageError);
}

// Machines that are not here: nothing is made.
TEST(Memory, FindsSizesOnAnyMachine) {
    const Caches none, first{{{1, 32 << 10}}, 64 << 10},
        xeon{{{1, 48 << 10}, {2, 2 << 20}, {3, 300 << 20}}, 300 << 20},
        huge{{{1, 48 << 10}, {2, 1 << 20}, {3, std::int64_t{1} << 30}}, std::int64_t{8} << 30},
        slices{{{1, 64 << 10}, {2, 2 << 20}, {3, 1 << 20}}, 16 << 20};
    for (const auto& caches : {none, first, usual_caches, xeon, huge, slices}) {
        for (const std::int64_t gib : {1, 4, 24, 1000}) {
            SCOPED_TRACE(std::to_string(caches.all_last_bytes) + " bytes of cache, " + std::to_string(gib) +
                         " GiB");
            Settings settings;
            settings.caches = caches;
            settings.memory_bytes = gib << 30;
            Problem problem;
            choose_fitting_sizes(problem, world(), Threads{256, 1, false}, settings, needs_of(experiments));
            EXPECT_GE(problem.core_elements, 1024);
            EXPECT_LE(problem.node_elements * 8, settings.memory_bytes / 2);
            const auto last = caches.of_core.empty() ? 32 << 20 : caches.last_bytes();
            EXPECT_EQ(!problem.doubt, problem.core_elements * 8 == 2 * last);
            EXPECT_EQ(problem.is_in_cache, problem.core_elements * 8 < last);
            EXPECT_EQ(problem.doubt && problem.doubt->kind == "arrays_in_cache",
                      problem.core_elements * 8 < last);
        }
    }
}

TEST(Memory, SaysThatChosenArraysFitTheCache) {
    Settings settings;
    settings.caches = Caches{{{1, 32 << 10}, {2, 1 << 20}}, 1 << 20};
    const auto doubt_of = [&](std::int64_t elements) {
        settings.elements = elements;
        Problem problem;
        choose_fitting_sizes(problem, world(), {}, settings, needs_of(experiments));
        EXPECT_EQ(problem.is_in_cache, problem.doubt.has_value());
        return problem.doubt.value_or(Doubt{});
    };
    EXPECT_EQ(doubt_of(10000), (Doubt{"chosen_arrays_in_cache", -1, "78.1 KiB", 0}));
    EXPECT_EQ(doubt_of((1 << 17) - 1).kind, "chosen_arrays_in_cache");
    EXPECT_EQ(doubt_of(1 << 17), Doubt{});
}

// Arrays for one core alone are those of one core.
TEST(Memory, AsksForNoMoreThanItMakes) {
    Settings settings;
    settings.caches = usual_caches;
    settings.memory_bytes = std::int64_t{1} << 40;
    const auto needs = needs_of(only("stride"));
    Problem usual, again;
    choose_fitting_sizes(usual, world(), {}, settings, needs);
    ASSERT_NE(usual.node_elements, usual.core_elements);
    std::int64_t evicted = 0;
    for (const auto& [uses, elements] : usual.eviction_elements) evicted = std::max(evicted, elements);
    settings.memory_bytes = 2 * 8 * (usual.core_elements + evicted);
    MPI_Bcast(&settings.memory_bytes, 1, MPI_INT64_T, 0, world().comm);
    choose_fitting_sizes(again, world(), {}, settings, needs);
    EXPECT_FALSE(again.doubt);
    EXPECT_EQ(again.core_elements, usual.core_elements);
}

// In whatever set of a cache the lines fall by their places in a huge page, no set gets more than it holds.
TEST(Memory, LinesOfThePagesSpreadOverTheSets) {
    const auto problem = make_problem(world(), {}, settings_of(std::int64_t{1} << 21), only("pages"));
    if (!world().root()) return;
    ASSERT_EQ(problem.pages, 4096);
    constexpr std::int64_t sets = 1024;
    for (const auto* mapping : {&problem.small_pages, &problem.huge_pages}) {
        std::vector<std::int64_t> in_set(sets);
        const auto* const links = mapping->as<const Link>();
        std::int64_t at = 0;
        for (std::int64_t page = 0; page < problem.pages; ++page, at = links[at].next) ++in_set[at % sets];
        EXPECT_LE(*std::max_element(in_set.begin(), in_set.end()), 2 * problem.pages / sets);
    }
}

// As many lines wait to be written back before a repeat as after it.
TEST(Memory, LeavesAsMuchToWriteBackAsItFinds) {
    std::map<std::string_view, std::int64_t> dirty;
    for (const auto& experiment : experiments) {
        for (const auto& variant : experiment.variants) dirty[variant.name] = lines_a_dirty_one(variant);
    }
    EXPECT_EQ(dirty.at("read_ranks"), 0);
    EXPECT_EQ(dirty.at("stride_8"), 0);
    EXPECT_EQ(dirty.at("write_threads"), 1);
    EXPECT_EQ(dirty.at("copy"), 2);
    EXPECT_EQ(dirty.at("triad_hybrid"), 3);
    EXPECT_EQ(dirty.at("triad_nontemporal"), 0);
    EXPECT_EQ(dirty.at("first_pass_huge"), 1);

    Problem problem;
    constexpr std::int64_t lines = 100, elements = lines * line_elements;
    problem.eviction = make_buffer<double>(elements);
    problem.eviction_elements[Uses::threads] = elements;
    for (const std::int64_t each : {0, 1, 2, 3}) {
        std::fill_n(problem.eviction.get(), elements, spoilt);
        for (const int thread : {0, 1}) evict(problem, Uses::threads, 2, thread, each);
        evict(problem, Uses::core, 1, 0, 1);  // for which there is nothing
        const auto written = std::count_if(problem.eviction.get(), problem.eviction.get() + elements,
                                           [](double v) { return v >= 0; });
        EXPECT_EQ(written, each == 0 ? 0 : 2 * ((lines / 2 + each - 1) / each));
    }
}

// Whole numbers whose sums are exact, the same for any division, and by no rule that sums could be known by.
TEST(Memory, ValuesFollowNoRule) {
    constexpr std::int64_t n = 3001;
    std::vector<double> all(n), parts(n), b(n);
    fill_a(all.data(), {0, n});
    fill_b(b.data(), {0, n});
    for (std::int64_t part = 0; part < 7; ++part) {
        const auto range = part_of({0, n}, 7, part);
        fill_a(parts.data() + range.begin, range);
    }
    EXPECT_EQ(all, parts);
    EXPECT_GT(std::set<double>(all.begin(), all.end()).size(), n - 20U);
    for (const std::int64_t stride : {1, 2, 8, 128}) {
        std::int64_t want = 0;
        for (std::int64_t i = 0; i < n; i += stride) {
            EXPECT_TRUE(value_a(i) >= 0 && value_a(i) < 1 << 20 &&
                        value_a(i) == all[static_cast<std::size_t>(i)]);
            want += static_cast<std::int64_t>(value_a(i));
        }
        EXPECT_EQ(sum_of_a(n, stride), want) << stride;
        EXPECT_NEAR(static_cast<double>(want), static_cast<double>(n / stride) * (1 << 19),
                    static_cast<double>(n / stride) * (1 << 17) + (1 << 20));
    }
    EXPECT_NE(all, b);
}

TEST(Memory, LinksAreOneCycleInTheGivenOrder) {
    const std::vector<std::int64_t> order = {3, 0, 4, 1, 2};
    std::vector<Link> links(order.size());
    link_up(links.data(), order);
    std::int64_t at = 3;
    for (const auto line : order) {
        EXPECT_EQ(at, line);
        EXPECT_EQ(links[static_cast<std::size_t>(at)].value, static_cast<std::int64_t>(value_a(8 * line)));
        at = links[static_cast<std::size_t>(at)].next;
    }
    EXPECT_EQ(at, 3);
}

TEST(Memory, TheOrderIsAtRandom) {
    const auto problem = make_problem(world(), {}, settings_of(8 * 1000), only("order"));
    if (!world().root()) return;
    ASSERT_EQ(problem.order.size(), 1000U);
    EXPECT_EQ(std::set<std::int64_t>(problem.order.begin(), problem.order.end()).size(), 1000U);
    int neighbours = 0;
    for (std::size_t i = 1; i < problem.order.size(); ++i) {
        neighbours += std::abs(problem.order[i] - problem.order[i - 1]) <= 2 ? 1 : 0;
    }
    EXPECT_LT(neighbours, 20);  // 4 are to be expected
}

// One element of any array that is not what it should be makes the answer wrong, wherever it is.
TEST(Memory, AWrongElementShows) {
    const std::int64_t n = 1003;
    const auto chosen = experiments;
    const auto problem = make_problem(world(), {}, settings_of(n), chosen);
    if (!world().root()) return;
    for (const auto& experiment : chosen) {
        const auto passes = [&](const MemoryVariant& variant) {
            auto answer = variant.run(problem, team_of_one(1));
            return judged(problem, experiment.problem, variant, answer).check.passed();
        };
        for (const auto& variant : experiment.variants) {
            SCOPED_TRACE(std::string(variant.name));
            const bool reads = probe_of(experiment.problem).name == "read" && variant.uses == Uses::core;
            if (!reads || variant.name.starts_with("pages")) continue;
            auto* const a = problem.core->a.get();
            auto* const links = problem.links.as<Link>();
            for (const std::int64_t line : {0, 64, 112}) {
                const auto i = line * line_elements;
                a[i] += 1;
                links[line].value += 1;
                const auto row = i / problem.columns, column = i % problem.columns;
                const bool padded = variant.run == column_padded, in_matrix = row < problem.rows;
                if (in_matrix)
                    problem.padded[static_cast<std::size_t>(i + row * line_elements)] += padded ? 1 : 0;
                EXPECT_EQ(passes(variant), !in_matrix && experiment.problem == "matrix")
                    << line << " " << column;
                a[i] -= 1;
                links[line].value -= 1;
                if (in_matrix)
                    problem.padded[static_cast<std::size_t>(i + row * line_elements)] -= padded ? 1 : 0;
            }
            EXPECT_TRUE(passes(variant));
        }
    }
}

TEST(Memory, AChainThatIsCutShows) {
    const auto problem = make_problem(world(), {}, settings_of(8 * 1000), only("order"));
    if (!world().root()) return;
    auto* const links = problem.links.as<Link>();
    std::swap(links[problem.order[10]].next, links[problem.order[500]].next);  // two cycles
    for (const auto run : {chase, chases}) {
        auto answer = run(problem, team_of_one(1));
        EXPECT_FALSE(judged(problem, "order", only("order").front().variants.back(), answer).check.passed());
    }
}

// What a variant leaves unwritten, or writes wrongly, is seen, and what an earlier one wrote does not help.
TEST(Memory, AnElementNotWrittenShows) {
    const std::int64_t n = 1003;
    for (const auto* experiment : {"write", "copy", "triad", "fresh"}) {
        const auto chosen = only(experiment);
        const auto problem = make_problem(world(), {}, settings_of(n), chosen);
        if (!world().root()) continue;
        for (const auto& variant : chosen.front().variants) {
            SCOPED_TRACE(std::string(variant.name));
            if (variant.uses != Uses::core) continue;
            const auto check_of = [&](Answer& answer) {
                return judged(problem, experiment, variant, answer).check;
            };
            for (const std::int64_t at : {std::int64_t{0}, n / 2, n - 1}) {
                auto answer = variant.run(problem, team_of_one(1));
                auto* const target = answer.fresh               ? answer.fresh->as<double>()
                                     : variant.run == next_pass ? problem.kept.as<double>()
                                                                : problem.core->c.get();
                target[at] += 1;
                const auto check = check_of(answer);
                EXPECT_FALSE(check.passed());
                EXPECT_EQ(to_string(check.got), std::to_string(n - 1));
            }
            auto answer = variant.run(problem, team_of_one(1));
            EXPECT_TRUE(check_of(answer).passed());
            EXPECT_EQ(to_string(check_of(answer).got), "0");  // as if it had done nothing the second time
        }
    }
}

TEST(Memory, CountsAsStreamDoes) {
    const auto chosen = experiments;
    const auto problem = make_problem(world(), {}, settings_of(1000), chosen);
    const std::map<std::string_view, std::int64_t> bytes = {
        {"read", 8000},           {"write_hybrid", 8000},     {"copy_nontemporal", 16000},
        {"triad_threads", 24000}, {"stride_8", 8000},         {"stride_32", 8000},
        {"stride_64", 8000},      {"stride_128", 63 * 64},    {"stride_1024", 8 * 64},
        {"chase", 8000},          {"row_major", 62 * 16 * 8}, {"first_pass", 8000}};
    std::size_t found = 0;
    for (const auto& experiment : chosen) {
        for (const auto& variant : experiment.variants) {
            if (!bytes.contains(variant.name)) continue;
            ++found;
            EXPECT_EQ(record_of(problem, experiment, variant).work.bytes, bytes.at(variant.name))
                << variant.name;
        }
    }
    EXPECT_EQ(found, bytes.size());
}

// Loops of several lanes, at all lengths around them and from any alignment.
TEST(Kernels, AreRightAtAnyLength) {
    constexpr std::int64_t most = 200;
    std::vector<double> a(most + 8), b(most + 8), c(most + 8);
    for (std::size_t i = 0; i < a.size(); ++i) {
        a[i] = static_cast<double>(i);
        b[i] = static_cast<double>(7 * i);
    }
    for (std::int64_t n = 0; n <= most; ++n) {
        for (const std::int64_t from : {0, 1, 3}) {
            const auto* const values = a.data() + from;
            const double want = std::accumulate(values, values + n, 0.0);
            ASSERT_EQ(sum(values, n), want);
            double left = 0;
            for (std::int64_t pass = 0; pass < 3 && n > 0; ++pass) left += values[left_out(pass, n)];
            if (n > 0) {
                ASSERT_EQ(sum_passes(values, n, 3), 3 * want - left);
            }
            auto* const target = c.data() + from;
            const auto expect_and_guard = [&](std::int64_t right) {
                ASSERT_EQ(right, n);
                ASSERT_EQ(target[n], 42);
            };
            for (const bool nontemporal : {false, true}) {
                std::fill(c.begin(), c.end(), 42.0);
                (nontemporal ? streams::fill_nontemporal : streams::fill)(target, n, from);
                expect_and_guard(count_filled(target, n, from));
                (nontemporal ? streams::copy_nontemporal : streams::copy)(target, values, n);
                expect_and_guard(count_copied(target, values, n));
                (nontemporal ? streams::triad_nontemporal : streams::triad)(target, values, b.data(), n);
                expect_and_guard(count_triads(target, values, b.data(), n));
            }
        }
    }
}

TEST(Kernels, TellHowOftenATriadWasMade) {
    constexpr std::int64_t n = 100;
    std::vector<double> b(n);
    fill_b(b.data(), {0, n});
    for (std::int64_t passes = 1; passes <= 4; ++passes) {
        std::vector<double> from(n), to(n);
        fill_a(from.data(), {0, n});
        for (std::int64_t pass = 0; pass < passes; ++pass) {
            streams::triad(to.data(), from.data(), b.data(), n);
            std::swap(from, to);
        }
        const auto count = [&](std::int64_t of) {
            return count_chained_triads(from.data(), to.data(), b.data(), n, of);
        };
        EXPECT_EQ(count(passes), n);
        EXPECT_LT(count(passes + 1), n / 10);  // an element of b is 0 here and there
        ++from[50];
        ++to[60];
        EXPECT_EQ(count(passes), n - 2);
    }
}

TEST(Mapping, IsFreshAndBeginsWhereAHugePageCan) {
    for (const auto pages : {Pages::small, Pages::huge}) {
        for (const std::int64_t bytes : {std::int64_t{0}, std::int64_t{1}, huge_page_bytes + 1}) {
            Mapping mapping(bytes, pages);
            ASSERT_TRUE(mapping);
            EXPECT_EQ(reinterpret_cast<std::uintptr_t>(mapping.as<char>()) % huge_page_bytes, 0U);
            for (std::int64_t i = 0; i < bytes; ++i) ASSERT_EQ(mapping.as<char>()[i], 0);
            if (bytes > 0) mapping.as<char>()[bytes - 1] = 1;
            const auto* const where = mapping.as<char>();
            const Mapping moved = std::move(mapping);
            EXPECT_EQ(moved.as<char>(), where);
        }
    }
}

TEST(Caches, GrowWithTheirLevel) {
    const auto& caches = topology().caches();
    for (std::size_t i = 0; i < caches.of_core.size(); ++i) {
        EXPECT_GT(caches.of_core[i].bytes, 0);
        EXPECT_GT(caches.of_core[i].level, i == 0 ? 0 : caches.of_core[i - 1].level);
    }
    EXPECT_GE(caches.all_last_bytes, caches.last_bytes());
}

TEST(Sweep, EveryVariantIsRightAtEverySize) {
    const auto sweep = make_sweep(world(), settings_of(25'000));
    std::vector<std::int64_t> sizes;
    for (const auto& set : sweep.sets) sizes.push_back(set.bytes);
    EXPECT_EQ(sizes, (std::vector<std::int64_t>{16384, 24576, 32768, 49152, 65536, 98304, 131072, 196608}));
    if (!world().root()) return;
    const auto team = team_of_one(1);
    for (const auto& set : sweep.sets) {
        for (const auto& variant : sweep_group.variants) {
            SCOPED_TRACE(std::string(variant.name) + " " + std::to_string(set.bytes));
            const auto passes = [&](const WorkingSet& of) {
                prepare_sweep(of, variant, team);
                auto answer = variant.run(of, team);
                return judge_sweep(of, variant, answer, team).check.passed();
            };
            EXPECT_TRUE(passes(set));
            auto wrong = set;  // works on one element less
            --wrong.elements;
            --wrong.lines;
            EXPECT_EQ(passes(wrong), variant.name == "triad");
            Record record;
            describe_sweep(set, variant, record);
            EXPECT_EQ(record.work.bytes > 0, variant.name != "chase");
            EXPECT_GE(record.work.items, variant.name == "chase" ? 1 << 16 : 2'000'000);
        }
    }
}

// Nobody asked for a size, so memory that is short is no reason to refuse.
TEST(Sweep, EndsEarlierWhereMemoryIsShort) {
    Settings settings;
    settings.caches = usual_caches;
    settings.memory_bytes = 64 << 20;
    const auto sweep = make_sweep(world(), settings);
    std::int64_t bytes = 2 * sweep.sets.back().bytes;
    for (const auto& set : sweep.sets) bytes += set.bytes;
    EXPECT_LE(bytes, settings.memory_bytes / 2);
    EXPECT_GE(bytes, settings.memory_bytes / 8);
    EXPECT_EQ(!sweep.doubt, !world().root());
    settings.elements = 4 << 20;
    EXPECT_THROW(make_sweep(world(), settings), UsageError);
}

// What an earlier pass wrote does not help.
TEST(Sweep, ATriadThatDoesNothingShows) {
    const auto sweep = make_sweep(world(), settings_of(2500));
    if (!world().root()) return;
    const auto& set = sweep.sets.front();
    prepare_sweep(set, sweep_group.variants[1], team_of_one(1));
    SweepAnswer answer;
    EXPECT_EQ(to_string(judge_sweep(set, sweep_group.variants[1], answer, team_of_one(1)).check.got), "0");
}

TEST(Sweep, TellsTheLevelsApart) {
    std::vector<Record> records;
    for (const auto& [bytes, seconds] : std::vector<std::pair<std::int64_t, double>>{{16384, 1e-6},
                                                                                     {32768, 1e-6},
                                                                                     {65536, 9.0},
                                                                                     {81920, 9.0},
                                                                                     {1000000, 9.0},
                                                                                     {131072, 2e-6},
                                                                                     {524288, 2e-6},
                                                                                     {8 << 20, 8e-6}}) {
        for (const auto* variant : {"read", "chase"}) {
            Record record;
            record.variant = variant;
            record.parameters = {{"working_set", bytes}};
            record.work = {1000, record.variant == "read" ? 1'000'000 : 0};
            record.seconds = {seconds};
            record.round = {0};
            records.push_back(record);
        }
    }
    EXPECT_EQ(levels(records, {{{1, 48 << 10}, {2, 1 << 20}}, 1 << 20}),
              "\nlevel           holds          read         triad    latency\n"
              "L1           48.0 KiB     1.00 TB/s             -   1.000 ns\n"
              "L2            1.0 MiB    500.0 GB/s             -   2.000 ns\n"
              "memory                   125.0 GB/s             -   8.000 ns\n");
    EXPECT_EQ(levels({}, {{{1, 48 << 10}}, 48 << 10}), "");
    EXPECT_EQ(levels(records, {}), "");  // which of them is memory nobody knows
}

}  // namespace
}  // namespace pacer::memory
