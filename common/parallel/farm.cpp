#include "common/parallel/farm.hpp"
#include "common/parallel/ending.hpp"

#include <algorithm>
#include <deque>
#include <exception>
#include <stdexcept>
#include <utility>
#include <vector>

#include "common/parallel/messages.hpp"
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
    undone,            // from a worker: the message it had longest is not done, as was asked
    question,          // from a worker, amid its work
    answer             // to that worker, which waits for it
};

struct Sent {
    Bytes message;
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
          results_(team, std::min(team.size - 1, most_received_at_once)) {}

    bool deal() {
        // Everybody gets something before anybody gets more.
        for (int depth = 0; depth < master_.ahead; ++depth) {
            for (int worker = 1; worker < team_.size; ++worker) give(worker);
        }
        while (in_hands_ > 0) {
            heed_stop();
            if (auto came = results_.take()) {
                take(*came);
                results_.reuse(std::move(came->bytes));
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
        Sent sent{results_.buffer()};
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

    void take(const Received& came) {
        if (came.tag == question) return reply(came);
        // After a failure to take there is no place for results; after one to make messages there is.
        if (!came.bytes.empty() && !taking_failed_) {
            taking_failed_ = true;
            guarded([&] {
                master_.take(came.bytes);
                taking_failed_ = false;
            });
        }
        if (came.tag == result) return;
        if (came.tag == last_result_stop || came.tag == undone) stop_asked_ = true;
        if (came.tag == undone) stopped_ = true;
        auto& hand = hands_[static_cast<std::size_t>(came.rank)];
        MPI_Wait(&hand.front().request,
                 MPI_STATUS_IGNORE);  // it has been received, or there would be no result
        results_.reuse(std::move(hand.front().message));
        hand.pop_front();
        --in_hands_;
        give(came.rank);
    }

    void reply(const Received& asked) {
        Bytes words;
        guarded([&] { words = master_.answer(asked.bytes); });
        MPI_Send(words.data(), mpi_count(words.size()), MPI_BYTE, asked.rank, answer, team_.comm);
    }

    const Team& team_;
    const Master& master_;
    Patience patience_;
    std::vector<std::deque<Sent>> hands_;  // what each worker has, in the order sent
    Receiver results_;
    std::int64_t in_hands_ = 0;
    bool more_ = true, stop_asked_ = false, dropping_ = false, stopped_ = false, taking_failed_ = false;
    std::exception_ptr error_;
};

// Waits for a message of rank 0, and receives it into `bytes`: its tag.
int receive_from_master(const Team& team, int tag, Patience& patience, Bytes& bytes) {
    int there = 0;
    MPI_Status status;
    patience.reset();
    for (;;) {
        MPI_Iprobe(0, tag, team.comm, &there, &status);
        if (there) break;
        patience.wait();
    }
    int count = 0;
    MPI_Get_count(&status, MPI_BYTE, &count);
    bytes.resize(static_cast<std::size_t>(count));
    MPI_Recv(bytes.data(), count, MPI_BYTE, 0, status.MPI_TAG, team.comm, MPI_STATUS_IGNORE);
    return status.MPI_TAG;
}

// A worker's side.
class Worker {
  public:
    Worker(const Team& team, bool stoppable)
        : team_(team), patience_(team.crowded), results_(team), stoppable_(stoppable) {}

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
        results_.drain(0);
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
        const int tag = receive_from_master(team_, MPI_ANY_TAG, patience_, message_);
        if (tag != drop_rest) return tag == work_to_do;
        dropping_ = true;
        return receive();
    }

    // Does not wait until rank 0 has taken it, unless rank 0 is far behind.
    void send(Bytes bytes, Tag tag) {
        results_.drain(results_on_their_way);
        results_.send(std::move(bytes), 0, tag);
    }

    const Team& team_;
    Patience patience_;
    Sender results_;
    bool stoppable_, dropping_ = false;
    Bytes message_;
};

}  // namespace

bool hand_out(const Team& team, const Master& master) {
    if (team.size == 1) throw std::invalid_argument("a farm of one process has nobody to hand out to");
    return Dealer(team, master).deal();
}

Bytes ask(const Team& team, std::span<const char> words) {
    MPI_Send(words.data(), mpi_count(words.size()), MPI_BYTE, 0, question, team.comm);
    Patience patience(team.crowded);
    Bytes answered;
    receive_from_master(team, answer, patience, answered);
    return answered;
}

void serve(const Team& team, const WorkOn& work, bool stoppable) {
    Worker(team, stoppable).serve(work);
}

}  // namespace pacer
