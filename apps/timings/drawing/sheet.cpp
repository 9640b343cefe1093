#include "apps/timings/drawing/sheet.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "apps/timings/drawing/gnuplot.hpp"
#include "common/base/status.hpp"

namespace pacer::timings {

namespace {

constexpr double cell_width = 7.5, cell_height = 18;  // pixels of a picture; the font is 13 high
constexpr int picture_columns = 112;
constexpr std::string_view svg_ink = "#7c7c7c";  // 4.2 : 1 on white, 5 : 1 on black

// Legible on white and on black, and distinct to the colour-blind (after Okabe & Ito 2008).
constexpr std::array<std::string_view, Sheet::colours> palette = {"#0072b2", "#d55e00", "#009e73", "#cc79a7",
                                                                  "#e69f00", "#56b4e9", "#8c6bb1", "#8a8d2f"};

// Bytes of the UTF-8 character at the start of the text; 0 if there is none, or one that XML forbids.
std::size_t character_bytes(std::string_view text) {
    const auto first = static_cast<unsigned char>(text.front());
    const std::size_t bytes = first < 0x80 ? 1 : first >= 0xf0 && first < 0xf5 ? 4 : first >= 0xe0 ? 3 : 2;
    if ((first >= 0x80 && first < 0xc2) || first >= 0xf5 || bytes > text.size()) return 0;
    for (std::size_t i = 1; i < bytes; ++i) {
        if ((static_cast<unsigned char>(text[i]) & 0xc0) != 0x80) return 0;
    }
    const auto second = static_cast<unsigned char>(bytes > 1 ? text[1] : 0);
    const bool too_long = (first == 0xe0 && second < 0xa0) || (first == 0xf0 && second < 0x90);
    const bool surrogate = first == 0xed && second >= 0xa0, beyond = first == 0xf4 && second >= 0x90;
    const bool no_character = text.starts_with("\xef\xbf\xbe") || text.starts_with("\xef\xbf\xbf");
    return too_long || surrogate || beyond || no_character ? 0 : bytes;
}

std::string clean(std::string_view text) {
    std::string result;
    while (!text.empty()) {
        const auto bytes = character_bytes(text);
        const auto first = static_cast<unsigned char>(text.front());
        result += bytes == 0                     ? std::string_view("?")
                  : first < ' ' || first == 0x7f ? " "
                                                 : text.substr(0, bytes);
        text.remove_prefix(std::max<std::size_t>(bytes, 1));
    }
    return result;
}

// Characters that might mean something to gnuplot are written as octal escapes: it substitutes commands and
// macros in double quotes, and in single quotes it stumbles over a leading quote.
std::string in_quotes(std::string_view text) {
    constexpr std::string_view harmless = " .,:;/+-=()|_";
    std::string result = "\"";
    for (const char letter : text) {
        const auto byte = static_cast<unsigned char>(letter);
        const bool plain = byte >= 0x80 || std::isalnum(byte) != 0 || harmless.find(letter) != harmless.npos;
        result += plain ? std::string(1, letter) : fmt::format("\\{:03o}", byte);
    }
    return result + "\"";
}

void replace_all(std::string& text, std::string_view old, std::string_view fresh) {
    // A drawing may have 100000 places to change, so the rest is not moved for each of them.
    std::string replaced;
    std::size_t from = 0;
    for (auto at = text.find(old); at != std::string::npos; at = text.find(old, from)) {
        replaced.append(text, from, at - from).append(fresh);
        from = at + old.size();
    }
    text = replaced.append(text, from);
}

// The page sets the colour of the ink, which is grey otherwise. Gnuplot makes each group black, used or not,
// and writes colours in two ways. The title is for screen readers.
std::string adapted(std::string svg, std::string_view title) {
    replace_all(svg, " color=\"black\"", "");
    replace_all(svg, "rgb(124,124,124)", "currentColor");
    replace_all(svg, "rgb(124, 124, 124)", "currentColor");
    replace_all(svg, "<title>Gnuplot</title>", fmt::format("<title>{}</title>", title));
    const auto root = svg.find("<svg");
    if (root != std::string::npos) svg.insert(root + 4, fmt::format(" color=\"{}\" role=\"img\"", svg_ink));
    return svg;
}

// Without the form feed before the page and trailing spaces.
std::string trimmed(const std::string& page) {
    std::string text;
    for (std::size_t at = 0; at < page.size();) {
        const auto end = std::min(page.find('\n', at), page.size());
        auto line = page.substr(at, end - at);
        std::erase(line, '\f');
        line.erase(line.find_last_not_of(' ') + 1);
        text += line + "\n";
        at = end + 1;
    }
    text.erase(text.find_last_not_of('\n') + 1);
    return text + "\n";
}

}  // namespace

std::string gnuplot_string(std::string_view text) {
    return in_quotes(clean(text));
}

std::string gnuplot_tic(std::string_view text) {
    auto doubled = clean(text);
    replace_all(doubled, "%", "%%");
    return in_quotes(doubled);
}

std::string shortened(std::string_view text, std::size_t most) {
    if (width_of(text) <= most) return std::string(text);
    std::size_t bytes = 0;
    for (std::size_t kept = 0; kept + 3 < most && bytes < text.size(); ++kept) {
        bytes += std::max<std::size_t>(character_bytes(text.substr(bytes)), 1);
    }
    return std::string(text.substr(0, bytes)) + "...";
}

Sheet::Sheet(Canvas canvas, int columns)
    : canvas_(canvas), columns_(canvas == Canvas::text ? std::clamp(columns, 60, 400) : picture_columns) {}

std::string Sheet::ink() const {
    return std::string(canvas_ == Canvas::svg ? svg_ink : "#303030");
}

double Sheet::ink_rgb() const {
    return static_cast<double>(std::stol(ink().substr(1), nullptr, 16));
}

std::string Sheet::faint() const {
    return "#b0808080";  // the first two digits: how transparent
}

std::string Sheet::colour(std::size_t number) const {
    return std::string(palette[number % palette.size()]);
}

double Sheet::rgb(std::size_t number, bool translucent) const {
    constexpr long alpha = 0x90L << 24;
    return static_cast<double>(std::stol(colour(number).substr(1), nullptr, 16) + (translucent ? alpha : 0));
}

void Sheet::begin_plot(double left, double top, double right, double bottom) {
    say("reset\nset lmargin at screen {}\nset rmargin at screen {}", across(left), across(right));
    say("set tmargin at screen {}\nset bmargin at screen {}", up(top), up(bottom));
    say("unset key\nset border 3 lc rgb '{0}'\nset xtics nomirror tc rgb '{0}' scale 0.5", ink());
    say("set ytics nomirror tc rgb '{}' scale 0.5", ink());
    say("set format x '%g'");  // gnuplot's own begins with a space
    if (is_text()) say("set tics scale 0");
    if (!is_text()) say("set grid x y lt 1 lw 0.7 lc rgb '{}'", faint());
}

void Sheet::begin_keyed_plot(double left, double line, double top, double right, double last_line,
                             std::string_view about, std::string_view axis) {
    begin_plot(left, top, right, last_line - (is_text() ? 3.5 : 3));
    write(left, line, shortened(about, static_cast<std::size_t>(columns_ - left)));
    write((left + right) / 2, last_line - (is_text() ? 2 : 1.6), axis, "center");
    if (is_text()) return;
    say("set key at screen {}, screen {} left top Left reverse samplen 1.5 spacing 1.2 tc rgb '{}'",
        across(right + 1), up(top), ink());
}

std::string Sheet::lettered(std::size_t number, const std::vector<std::vector<double>>& points,
                            std::string_view name, double right, double top) {
    const char letter = static_cast<char>('A' + number % 26);
    write(right + 2, top + 1 + static_cast<double>(number), fmt::format("{} {}", letter, name));
    return fmt::format("{} using 1:2:('{}') with labels", data(points), letter);
}

void Sheet::write(double column, double line, std::string_view text, std::string_view side) {
    say("set label {} {} at screen {}, screen {} {} tc rgb '{}'", ++labels_, gnuplot_string(text),
        column / columns_, 1 - (line + 0.5) / lines_, side, ink());
}

void Sheet::write_title(std::string_view title, std::string_view explanation) {
    const auto most = static_cast<std::size_t>(columns_) - 2;
    say("set label {} {} at screen {}, screen {} left tc rgb '{}' font ',16'", ++labels_,
        gnuplot_string(shortened(title, most - most / 5)), across(is_text() ? 1.5 : 1),
        up(is_text() ? 0.5 : 0.75), ink());
    if (!explanation.empty()) write(1, is_text() ? 1 : 1.5, shortened(explanation, most));
}

std::string Sheet::data(const std::vector<std::vector<double>>& rows) {
    auto name = fmt::format("$d{}", ++blocks_);
    script_ += name + " << END\n";
    for (const auto& row : rows) {
        for (const double value : row) fmt::format_to(std::back_inserter(script_), "{} ", value);
        script_ += '\n';
    }
    script_ += "END\n";
    return name;
}

std::string Sheet::terminal() const {
    const double width = columns_ * cell_width, height = lines_ * cell_height;
    switch (canvas_) {
        case Canvas::svg:
            return fmt::format("svg size {:.0f},{:.0f} fixed font 'sans-serif,13' noenhanced", width, height);
        case Canvas::png:  // twice the pixels: sharp on today's screens
            return fmt::format(
                "pngcairo size {:.0f},{:.0f} font 'sans-serif,13' fontscale 1.55 linewidth 2 "
                "pointscale 1.6 noenhanced background '#ffffff'",
                2 * width, 2 * height);
        case Canvas::pdf:
            return fmt::format(
                "pdfcairo size {:.3f}in,{:.3f}in font 'sans-serif,10' fontscale 0.77 pointscale 1.4 "
                "noenhanced "
                "background '#ffffff'",
                width / 96, height / 96);
        case Canvas::text:
            break;
    }
    return fmt::format("dumb size {:.0f},{:.0f} mono noenhanced", columns_, lines_);
}

std::string Sheet::drawn(std::string_view title) const {
    constexpr double tallest = 32000;  // Cairo's images end there
    if (canvas_ == Canvas::png && 2 * lines_ * cell_height > tallest) {
        throw UsageError("the plot is too tall for a PNG; choose fewer cases with --only, or NAME.svg");
    }
    auto drawing = run_gnuplot(fmt::format(
        "set encoding utf8\nset terminal {}\nset multiplot\n{}unset multiplot\n", terminal(), script_));
    if (canvas_ == Canvas::svg) return adapted(std::move(drawing), title);
    return is_text() ? trimmed(drawing) : drawing;
}

}  // namespace pacer::timings
