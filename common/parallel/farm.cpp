#include "common/parallel/farm.hpp"
#include "common/parallel/ending.hpp"

#include <algorithm>
#include <deque>
#include <exception>
#include <stdexcept>
#include <utility>
#include <vector>

#include "common/parallel/patience.hpp"

namespace pacer {

namespace {

constexpr int most_received_at_once = 16;        // results, and no more than workers: they take memory
constexpr std::size_t results_on_their_way = 2;  // of a worker, before it waits for rank 0

enum Tag : int {
    work_to_do,        // to a worker
    no_more,           // to a worker: the end of its queue
    drop_rest,         // to a worker: nothing that has not begun is to be done
    result,            // from a worker
    last_result,       // from a worker: the message it had longest is done with
    last_result_stop,  // the same, and a signal asked it to stop
    undone             // from a worker: the message it had longest is not done, as was asked
};

struct Sent {
    Bytes message;
    MPI_Request request = MPI_REQUEST_NULL;
};

// A result that rank 0 is receiving.
struct Coming {
    int worker = 0, tag = 0;
    Bytes result;
    MPI_Request request = MPI_REQUEST_NULL;
};

// Rank 0's side.
class Dealer {
  public:
    Dealer(const Team& team, const Master& master)
        : team_(team),
          master_(master),
          patience_(team.crowded),
          hands_(static_cast<std::size_t>(team.size)),
          most_coming_(static_cast<std::size_t>(std::min(team.size - 1, most_received_at_once))) {}

    bool deal() {
        // Everybody gets something before anybody gets more.
        for (int depth = 0; depth < master_.ahead; ++depth) {
            for (int worker = 1; worker < team_.size; ++worker) give(worker);
        }
        while (in_hands_ > 0) {
            heed_stop();
            if (take()) {
                patience_.reset();
            } else {
                guarded([&] {
                    if (master_.idle) master_.idle();
                });
                patience_.wait();
            }
        }
        for (int worker = 1; worker < team_.size; ++worker) {
            MPI_Send(nullptr, 0, MPI_BYTE, worker, no_more, team_.comm);
        }
        if (error_) std::rethrow_exception(error_);
        return stopped_;
    }

  private:
    // What fails here is told when the workers are done: they must not be left waiting.
    template <class Action>
    void guarded(const Action& action) {
        try {
            action();
        } catch (...) {
            if (!error_) error_ = std::current_exception();
            more_ = false;
        }
    }

    void give(int worker) {
        if (!more_) return;
        Sent sent{buffer()};
        sent.message.clear();
        guarded([&] { more_ = master_.next(sent.message); });
        if (!more_) return;
        heed_stop();
        if (dropping_) {
            stopped_ = true;
            more_ = false;
            return;
        }
        auto& hand = hands_[static_cast<std::size_t>(worker)];
        hand.push_back(std::move(sent));
        auto& kept = hand.back();
        MPI_Isend(kept.message.data(), mpi_count(kept.message.size()), MPI_BYTE, worker, work_to_do,
                  team_.comm, &kept.request);
        ++in_hands_;
    }

    // A worker may have much in its hands that it has not begun.
    void heed_stop() {
        if (dropping_ || !master_.stoppable || !(stop_asked_ || stop_requested())) return;
        dropping_ = true;
        for (int worker = 1; worker < team_.size; ++worker) {
            MPI_Send(nullptr, 0, MPI_BYTE, worker, drop_rest, team_.comm);
        }
    }

    // A buffer that was used before, if there is one.
    Bytes buffer() {
        if (spare_.empty()) return {};
        auto bytes = std::move(spare_.back());
        spare_.pop_back();
        return bytes;
    }

    // Begins to receive a result of any worker, if one is announced. A large one comes only when its worker
    // calls MPI again, which may be when its next message is done: others are not to wait for that.
    void receive() {
        if (coming_.size() == most_coming_) return;
        int there = 0;
        MPI_Status status;
        MPI_Iprobe(MPI_ANY_SOURCE, MPI_ANY_TAG, team_.comm, &there, &status);
        if (!there) return;
        int bytes = 0;
        MPI_Get_count(&status, MPI_BYTE, &bytes);
        auto& coming = coming_.emplace_back(Coming{status.MPI_SOURCE, status.MPI_TAG, buffer()});
        coming.result.resize(static_cast<std::size_t>(bytes));
        // No matched probe: only one thread receives here, and Open MPI 4.1 has none over libfabric's shared
        // memory.
        MPI_Irecv(coming.result.data(), bytes, MPI_BYTE, coming.worker, coming.tag, team_.comm,
                  &coming.request);
    }

    // One result that has come, and all before it from its worker; false if there is none.
    bool take() {
        receive();
        for (auto at = coming_.begin(); at != coming_.end(); ++at) {
            const auto same_worker = [&](const Coming& other) { return other.worker == at->worker; };
            if (std::any_of(coming_.begin(), at, same_worker)) continue;
            int done = 0;
            MPI_Test(&at->request, &done, MPI_STATUS_IGNORE);
            if (!done) continue;
            auto came = std::move(*at);
            coming_.erase(at);
            take(came);
            spare_.push_back(std::move(came.result));
            return true;
        }
        return false;
    }

    void take(const Coming& came) {
        // After a failure to take there is no place for results; after one to make messages there is.
        if (!came.result.empty() && !taking_failed_) {
            taking_failed_ = true;
            guarded([&] {
                master_.take(came.result);
                taking_failed_ = false;
            });
        }
        if (came.tag == result) return;
        if (came.tag == last_result_stop || came.tag == undone) stop_asked_ = true;
        if (came.tag == undone) stopped_ = true;
        auto& hand = hands_[static_cast<std::size_t>(came.worker)];
        MPI_Wait(&hand.front().request,
                 MPI_STATUS_IGNORE);  // it has been received, or there would be no result
        spare_.push_back(std::move(hand.front().message));
        hand.pop_front();
        --in_hands_;
        give(came.worker);
    }

    const Team& team_;
    const Master& master_;
    Patience patience_;
    std::vector<std::deque<Sent>> hands_;  // what each worker has, in the order sent
    std::deque<Coming> coming_;            // results, in the order announced
    std::size_t most_coming_;
    std::vector<Bytes> spare_;
    std::int64_t in_hands_ = 0;
    bool more_ = true, stop_asked_ = false, dropping_ = false, stopped_ = false, taking_failed_ = false;
    std::exception_ptr error_;
};

// A worker's side.
class Worker {
  public:
    Worker(const Team& team, bool stoppable) : team_(team), patience_(team.crowded), stoppable_(stoppable) {}

    void serve(const WorkOn& work) {
        while (receive()) {
            if (dropping()) {
                send({}, undone);
                continue;
            }
            Bytes latest;
            bool any = false;
            work(message_, [&](Bytes more) {
                if (any) send(std::move(latest), result);
                latest = std::move(more);
                any = true;
            });
            send(std::move(latest), stop_requested() ? last_result_stop : last_result);
            patience_.let_others();
        }
        drain(0);
    }

  private:
    // Whether rank 0, or a signal, asks to begin nothing more. Rank 0's word may lie behind other messages.
    bool dropping() {
        if (dropping_ || !stoppable_) return dropping_;
        int there = 0;
        MPI_Iprobe(0, drop_rest, team_.comm, &there, MPI_STATUS_IGNORE);
        dropping_ = there != 0 || stop_requested();
        return dropping_;
    }

    // The next message; false if there are no more.
    bool receive() {
        int there = 0;
        MPI_Status status;
        patience_.reset();
        for (;;) {
            MPI_Iprobe(0, MPI_ANY_TAG, team_.comm, &there, &status);
            if (there) break;
            patience_.wait();
        }
        int bytes = 0;
        MPI_Get_count(&status, MPI_BYTE, &bytes);
        message_.resize(static_cast<std::size_t>(bytes));
        MPI_Recv(message_.data(), bytes, MPI_BYTE, 0, status.MPI_TAG, team_.comm, MPI_STATUS_IGNORE);
        if (status.MPI_TAG != drop_rest) return status.MPI_TAG == work_to_do;
        dropping_ = true;
        return receive();
    }

    // Does not wait until rank 0 has taken it, unless rank 0 is far behind.
    void send(Bytes bytes, Tag tag) {
        drain(results_on_their_way);
        sent_.push_back({std::move(bytes)});
        auto& kept = sent_.back();
        MPI_Isend(kept.message.data(), mpi_count(kept.message.size()), MPI_BYTE, 0, tag, team_.comm,
                  &kept.request);
    }

    // Waits until at most `most` results are on their way.
    void drain(std::size_t most) {
        patience_.reset();
        while (!sent_.empty()) {
            int done = 0;
            MPI_Test(&sent_.front().request, &done, MPI_STATUS_IGNORE);
            if (done) {
                sent_.pop_front();
                patience_.reset();
            } else if (sent_.size() > most) {
                patience_.wait();
            } else {
                return;
            }
        }
    }

    const Team& team_;
    Patience patience_;
    bool stoppable_, dropping_ = false;
    Bytes message_;
    std::deque<Sent> sent_;
};

}  // namespace

bool hand_out(const Team& team, const Master& master) {
    if (team.size == 1) throw std::invalid_argument("a farm of one process has nobody to hand out to");
    return Dealer(team, master).deal();
}

void serve(const Team& team, const WorkOn& work, bool stoppable) {
    Worker(team, stoppable).serve(work);
}

}  // namespace pacer
