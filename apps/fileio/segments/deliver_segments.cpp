#include "apps/fileio/segments/deliver_segments.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "apps/fileio/segments/segment_desk.hpp"
#include "apps/fileio/segments/segment_worker.hpp"
#include "apps/fileio/segments/survey.hpp"
#include "common/parallel/ending.hpp"
#include "common/parallel/farm.hpp"

namespace pacer::fileio {

namespace {

// Rank 0 makes messages and takes results, the others, or it alone, work on them. True if a signal cut it
// short.
bool farm_out(const Team& world, const Master& master,
              const std::function<Bytes(std::span<const char>)>& work) {
    if (world.size > 1) return hand_out(world, master);
    Bytes message;
    while (message.clear(), master.next(message)) {
        if (stop_requested()) return true;
        master.take(work(message));
    }
    return false;
}

void serve_farm(const Team& world, const std::function<Bytes(std::span<const char>)>& work) {
    if (world.root()) return;
    const auto give = [&](std::span<const char> message, const std::function<void(Bytes)>& result) {
        result(work(message));
    };
    serve(world, give, true);
}

bool known_to_all(const Team& world, bool of_rank_0) {
    int value = of_rank_0 ? 1 : 0;
    MPI_Bcast(&value, 1, MPI_INT, 0, world.comm);
    return value != 0;
}

bool on_any_rank(const Team& world, bool mine) {
    int value = mine ? 1 : 0;
    MPI_Allreduce(MPI_IN_PLACE, &value, 1, MPI_INT, MPI_MAX, world.comm);
    return value != 0;
}

// The logs of earlier sessions, looked through by all ranks: what they say, on rank 0. False if a signal cut
// it short. `session`: the number of this one.
bool look_at_logs(const Team& world, const SegmentLogs& logs, Survey& survey, std::int32_t& session) {
    std::vector<LogName> names;
    on_root(world, [&] { names = logs.names(); });
    const auto text =
        text_of_rank(world, 0, {reinterpret_cast<const char*>(names.data()), names.size() * sizeof(LogName)});
    names.resize(text.size() / sizeof(LogName));
    if (!text.empty()) std::memcpy(names.data(), text.data(), text.size());
    session = names.empty() ? 1 : names.back().session + 1;
    Survey mine;
    bool stopped = false;
    on_every_rank(world, [&] {
        try {
            for (std::size_t i = 0; i < names.size(); ++i) {
                if (static_cast<int>(i % static_cast<std::size_t>(world.size)) == world.rank)
                    survey_log(logs, names[i], mine, stop_requested);
            }
        } catch (const ReadingStopped&) {
            stopped = true;
        }
    });
    for (const auto& of_rank : gather_text(world, written(mine))) read_survey(of_rank, survey);
    return !on_any_rank(world, stopped);
}

// One launch's part, which ends in several places.
class Session {
  public:
    Session(const Team& world, const Threads& threads, const Settings& settings, const Delivery& delivery,
            Watch& watch)
        : world_(world),
          threads_(world.size == 1 ? threads.process : threads.hybrid),
          settings_(settings),
          delivery_(delivery),
          watch_(watch),
          logs_(delivery.target.segments_path()) {
        on_every_rank(world, [&] { calculation_ = make_calculation(settings.calculation); });
    }

    ExitStatus run() {
        if (open()) {
            const auto names = share_names(world_, desk_ ? &desk_->reader() : nullptr, settings_);
            if (desk_) desk_->take_names(names);
            if (calculate()) write();
        }
        watch_.beat(-1);
        MPI_Bcast(&status_, 1, MPI_INT, 0, world_.comm);
        return status_;
    }

  private:
    std::string who() const { return fmt::format("rank {} on {}", world_.rank, host_name()); }

    // On rank 0. Whatever ends the run, what is done is kept, and said. True if the run goes on.
    bool at_the_desk(const std::function<bool()>& work) {
        bool more = false;
        on_root(world_, [&] {
            try {
                more = work();
            } catch (const UsageError& error) {
                const auto kept = desk_->leave();
                throw UsageError(error.what() + (kept.empty() ? kept : "; " + kept));
            } catch (const ReadingStopped&) {
                status_ = desk_->stop();
            }
        });
        return known_to_all(world_, more);
    }

    bool open() {
        std::uint64_t run = 0;
        const bool opened = at_the_desk([&] {
            desk_.emplace(settings_, delivery_, calculation_, logs_);
            if (!desk_->open(status_)) return false;
            watch_.beat(desk_->journal_file());
            desk_->reader().names();  // here, where it is said what is kept if they are wrong
            run = desk_->run();
            return true;
        });
        MPI_Bcast(&run, 1, MPI_UINT64_T, 0, world_.comm);
        logs_.set_run(run);
        return opened;
    }

    bool calculate() {
        Survey survey;
        std::int32_t session = 1;
        bool looked = false;
        std::optional<UsageError> damaged;
        try {
            looked = look_at_logs(world_, logs_, survey, session);
        } catch (const UsageError& error) {
            damaged = error;
        }
        const bool begun = at_the_desk([&] {
            if (damaged) throw UsageError(*damaged);
            if (!looked) throw ReadingStopped();
            const OwnSegmentLog first(logs_, {session, 0});  // so that no other session has this number
            desk_->begin(std::move(survey), session, std::max(world_.size - 1, 1), threads_);
            return true;
        });
        if (!begun) return false;

        const Job job{&calculation_,
                      {},
                      settings_.on_error,
                      &watch_,
                      settings_.format,
                      stop_requested,
                      settings_.record_timeout_seconds,
                      advice_after_death(delivery_)};
        SegmentWorker worker(job, threads_, settings_, logs_, {session, world_.rank}, log_, who(),
                             [&](std::int64_t segment, std::int64_t records) {
                                 return ask_for_row({segment, records});
                             });
        const auto work = [&](std::span<const char> message) { return worker.work_on(message); };
        set_activity("processing records");
        serve_farm(world_, work);
        const bool all_done = at_the_desk([&] {
            Master master;
            master.next = [&](Bytes& message) { return desk_->next(message); };
            master.take = [&](std::span<const char> report) { desk_->take(report); };
            master.idle = [&] { desk_->idle(); };
            master.answer = [&](std::span<const char> question) { return answer(question); };
            master.stoppable = true;
            master.ahead = 1;  // a segment that waits would keep those behind it waiting for its count
            farm_out(world_, master, work);
            return true;
        });
        // A log that is to be removed in a moment need not go to the disk before; but it does if other nodes
        // are to read it, which might see less of it.
        const bool of_no_use_soon =
            world_.nodes == 1 && all_done && world_.root() && desk_->comes_to_results();
        if (!known_to_all(world_, of_no_use_soon)) end_log();
        logs_.close();
        MPI_Barrier(world_.comm);  // from here on rank 0 may remove them
        return all_done && at_the_desk([&] { return desk_->close(status_); });
    }

    // What a segment is, and how many records it seems to have.
    using RowQuestion = std::array<std::int64_t, 2>;

    std::int64_t ask_for_row(const RowQuestion& question) {
        if (world_.size == 1) return desk_->row_of(question[0], question[1]);
        const auto answered = ask(world_, {reinterpret_cast<const char*>(question.data()), sizeof question});
        std::int64_t row = RowForecast::not_soon;
        if (answered.size() == sizeof row) std::memcpy(&row, answered.data(), sizeof row);
        return row;
    }

    Bytes answer(std::span<const char> message) {
        RowQuestion question{};
        std::memcpy(question.data(), message.data(), sizeof question);
        const auto row = desk_->row_of(question[0], question[1]);
        Bytes bytes;
        append(bytes, &row, 1);
        return bytes;
    }

    // In good order, and on disk: nothing that was begun is to blame for anything.
    void end_log() {
        if (!log_) return;
        auto log = std::exchange(log_, std::nullopt);  // closed behind, whatever comes
        try {
            log->add_ended();
        } catch (const UsageError&) {  // the disk is full: then the next run finds out what is whole
        }
    }

    void write() {
        try {
            if (write_files()) return;
        } catch (const UsageError&) {
            end_log();
            throw;
        }
        end_log();
    }

    // True if they are there.
    bool write_files() {
        ResultsLayout layout;
        const bool laid_out = at_the_desk([&] {
            layout = desk_->lay_out();
            return true;
        });
        if (!laid_out) return false;
        layout = read_layout(text_of_rank(world_, 0, written(layout)));
        std::optional<SegmentWriter> writer;
        const bool shared = known_to_all(world_, world_.root() && desk_->others_write());
        if (shared) {
            std::optional<UsageError> failed;
            try {
                on_every_rank(world_, [&] { writer.emplace(logs_, layout, who()); });
            } catch (const UsageError& error) {
                failed = error;
            }
            const auto work = [&](std::span<const char> message) { return writer->work_on(message); };
            if (!failed) serve_farm(world_, work);
            const bool written = at_the_desk([&] {
                if (failed) throw UsageError(*failed);
                Master master;
                master.next = [&](Bytes& message) { return desk_->next_to_write(message); };
                master.take = [&](std::span<const char> result) { desk_->take_written(result); };
                master.stoppable = true;
                if (farm_out(world_, master, work)) throw ReadingStopped();
                return true;
            });
            if (!written) return false;
            try {
                logs_.close();
                on_every_rank(world_, [&] { writer->finish(); });
                log_.reset();
                MPI_Barrier(world_.comm);  // from here on rank 0 may remove them
            } catch (const UsageError& error) {
                failed = error;
            }
            at_the_desk([&] {
                if (failed) throw UsageError(*failed);
                return true;
            });
        }
        return at_the_desk([&] {
            status_ = desk_->finish(world_);
            return true;
        });
    }

    const Team& world_;
    int threads_;
    Settings settings_;
    const Delivery& delivery_;
    Watch& watch_;
    Calculation calculation_;
    SegmentLogs logs_;
    std::optional<OwnSegmentLog> log_;  // this rank's, while it may be needed
    std::optional<SegmentDesk> desk_;
    ExitStatus status_ = ExitStatus::right;
};

}  // namespace

ExitStatus deliver_segments(const Team& world, const Threads& threads, const Settings& settings,
                            const Delivery& delivery, Watch& watch) {
    return Session(world, threads, settings, delivery, watch).run();
}

}  // namespace pacer::fileio
