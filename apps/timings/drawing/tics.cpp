// Round numbers for axes where gnuplot's own are not good enough: times from ns to days, and ratios near 1.
#include <algorithm>
#include <array>
#include <cmath>

#include "apps/timings/drawing/sheet.hpp"

namespace pacer::timings {

namespace {

constexpr std::array<TimeUnit, 7> units = {
    {{"ns", 1e-9}, {"us", 1e-6}, {"ms", 1e-3}, {"s", 1}, {"min", 60}, {"h", 3600}, {"d", 86400}}};

std::string short_time(double seconds) {
    const auto unit = unit_for(seconds * (1 + 1e-9));
    return fmt::format("{:.6g} {}", seconds / unit.seconds, unit.name);
}

// Times that people call round: 1, 2 and 5 of each decade, and for minutes and hours their divisors.
std::vector<double> round_times(bool decades_only) {
    std::vector<double> times;
    for (int power = -10; power <= 1; ++power) {
        for (const int digit : {1, 2, 5}) {
            if (!decades_only || digit == 1) times.push_back(digit * std::pow(10, power));
        }
    }
    for (const double minutes : {1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1440.0}) {
        const bool decade = minutes == 1 || minutes == 10 || minutes == 60 || minutes == 600;
        if (!decades_only || decade) times.push_back(60 * minutes);
    }
    for (double days = 10; days <= 1e6; days *= 10) times.push_back(86400 * days);
    return times;
}

// 1, 2 or 5 times a power of ten, at least that.
double round_step(double least) {
    const double power = std::pow(10, std::floor(std::log10(least)));
    for (const double digit : {1.0, 2.0, 5.0}) {
        if (digit * power >= least * (1 - 1e-9)) return digit * power;
    }
    return 10 * power;
}

std::string ratio_text(double ratio) {
    if (ratio == 1) return "median";
    if (ratio >= 2) return fmt::format("x{:g}", ratio);
    if (ratio <= 0.5) return fmt::format("/{:g}", std::round(1 / ratio));
    return fmt::format("{:+g} %", std::round(1e5 * (ratio - 1)) / 1e3);
}

}  // namespace

TimeUnit unit_for(double seconds) {
    auto best = units.front();
    for (const auto& unit : units) {
        if (seconds >= unit.seconds) best = unit;
    }
    return best;
}

Tics count_tics(double first, double last, int most) {
    const double step = std::max(1.0, round_step(std::max(last - first, 1.0) / most));
    Tics tics;
    for (double number = std::ceil(first / step) * step; number <= last; number += step) {
        tics.emplace_back(number, fmt::format("{}", number));
    }
    return tics;
}

Tics even_time_tics(double low, double high, int most) {
    const auto unit = unit_for(high);
    const double step = round_step((high - low) / unit.seconds / most);
    Tics tics;
    for (double number = std::ceil(low / unit.seconds / step); number * step * unit.seconds <= high;
         ++number) {
        tics.emplace_back(number * step * unit.seconds, fmt::format("{:.6g} {}", number * step, unit.name));
    }
    return tics;
}

Tics time_tics(double low, double high, int most) {
    for (const bool decades_only : {false, true}) {
        Tics tics;
        for (const double time : round_times(decades_only)) {
            if (time >= low * (1 - 1e-9) && time <= high * (1 + 1e-9)) {
                tics.emplace_back(time, short_time(time));
            }
        }
        if (!decades_only && tics.size() < 3) return even_time_tics(low, high, most);
        const auto wide = static_cast<std::size_t>(std::max(most, 2));
        if (tics.size() <= wide) return tics;
        if (!decades_only) continue;
        const auto stride = (tics.size() + wide - 1) / wide;
        Tics some;
        for (std::size_t i = 0; i < tics.size(); i += stride) some.push_back(tics[i]);
        return some;
    }
    return {};
}

Tics ratio_tics(double low, double high, int most) {
    std::vector<double> wanted = {1};
    for (double power = 1e6; power >= 1; power /= 10) {
        for (const double digit : {10.0, 5.0, 2.0}) {
            wanted.push_back(digit * power);
            wanted.push_back(1 / (digit * power));
        }
    }
    for (double power = 0.1; power >= 1e-4; power /= 10) {
        for (const double digit : {5.0, 2.0, 1.0}) {
            wanted.push_back(1 + digit * power);
            wanted.push_back(1 - digit * power);
        }
    }
    const double apart = std::log(high / low) / std::max(most, 2);
    Tics tics;
    for (const double ratio : wanted) {  // the most useful first, each only where there is room
        const bool room = std::none_of(tics.begin(), tics.end(), [&](const auto& tic) {
            return std::abs(std::log(ratio / tic.first)) < apart;
        });
        if (ratio >= low && ratio <= high && room) tics.emplace_back(ratio, ratio_text(ratio));
    }
    return tics;
}

Tics decimal_tics(double low, double high, int most, std::string_view unit) {
    constexpr std::array<std::string_view, 9> prefixes = {"n", "u", "m", "", "k", "M", "G", "T", "P"};
    const auto text = [&](double number) {
        const auto thousands =
            std::clamp(static_cast<int>(std::floor(std::log10(number * 1.0001) / 3)), -3, 5);
        const auto prefix = prefixes.at(static_cast<std::size_t>(thousands + 3));
        const auto words = fmt::format("{:.6g} {}{}", number / std::pow(1000, thousands), prefix, unit);
        return words.substr(0, words.find_last_not_of(' ') + 1);
    };
    for (const auto& digits : {std::vector<int>{1, 2, 5}, {1, 3}, {1}}) {
        for (const int decades : {1, 2, 3, 6}) {
            if (decades > 1 && digits.size() > 1) break;
            Tics tics;
            for (int power = -12; power <= 18; power += decades) {
                for (const int digit : digits) {
                    const double number = digit * std::pow(10, power);
                    if (number >= low && number <= high) tics.emplace_back(number, text(number));
                }
            }
            if (tics.size() <= static_cast<std::size_t>(std::max(most, 2))) {
                return tics.empty() ? Tics{{low, text(low)}} : tics;
            }
        }
    }
    return {{low, text(low)}};
}

Tics size_tics(double low, double high, int most) {
    constexpr std::array<std::string_view, 6> units = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
    for (const int octaves : {1, 2, 3, 5, 10, 20}) {
        Tics tics;
        for (int power = 0; power < 60; power += octaves) {
            const double bytes = std::pow(2, power);
            if (bytes < low || bytes > high) continue;
            tics.emplace_back(bytes, fmt::format("{} {}", std::pow(2, power % 10),
                                                 units.at(static_cast<std::size_t>(power / 10))));
        }
        if (tics.size() <= static_cast<std::size_t>(std::max(most, 2))) return tics;
    }
    return {};
}

std::string text_of(const Tics& tics) {
    std::string text;
    for (const auto& [at, words] : tics) {
        text += fmt::format("{}{} {}", text.empty() ? "" : ", ", gnuplot_tic(words), at);
    }
    return "(" + text + ")";
}

}  // namespace pacer::timings
