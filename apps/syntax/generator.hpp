// A function that hands out its values one by one as a loop asks for them: what C++23 has as std::generator.
#pragma once

#include <coroutine>
#include <exception>
#include <iterator>
#include <memory>
#include <utility>

namespace pacer::syntax {

// The result of a coroutine that co_yields values of type T, which live until the loop asks for the next. To
// be looped over once. An exception of the coroutine comes out of the loop.
template <class T>
class Generator {
  public:
    struct promise_type {
        const T* value = nullptr;
        std::exception_ptr failure;

        Generator get_return_object() { return Generator(Handle::from_promise(*this)); }
        std::suspend_always initial_suspend() noexcept { return {}; }
        std::suspend_always final_suspend() noexcept { return {}; }
        std::suspend_always yield_value(const T& yielded) noexcept {
            value = std::addressof(yielded);
            return {};
        }
        void await_transform() = delete;  // there is nobody to wait for
        void return_void() noexcept {}
        void unhandled_exception() noexcept { failure = std::current_exception(); }
    };
    using Handle = std::coroutine_handle<promise_type>;

    class Iterator {
      public:
        using value_type = T;
        using difference_type = std::ptrdiff_t;
        explicit Iterator(Handle handle) : handle_(handle) {}
        const T& operator*() const { return *handle_.promise().value; }
        Iterator& operator++() {
            resume(handle_);
            return *this;
        }
        void operator++(int) { ++*this; }
        bool operator==(std::default_sentinel_t) const { return handle_.done(); }

      private:
        Handle handle_;
    };

    Generator(Generator&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
    Generator& operator=(Generator&&) = delete;
    ~Generator() {
        if (handle_) handle_.destroy();
    }

    // Runs the coroutine up to its first value.
    Iterator begin() const {
        resume(handle_);
        return Iterator(handle_);
    }
    std::default_sentinel_t end() const { return {}; }

  private:
    explicit Generator(Handle handle) : handle_(handle) {}

    static void resume(Handle handle) {
        handle.resume();
        if (handle.promise().failure) std::rethrow_exception(handle.promise().failure);
    }

    Handle handle_;
};

}  // namespace pacer::syntax
