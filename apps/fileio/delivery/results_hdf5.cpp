// Results as HDF5.
#include <fmt/format.h>

#include <algorithm>

#include "apps/fileio/delivery/results_writer.hpp"
#include "common/base/build_info.hpp"
#include "io/hdf5/stream.hpp"

namespace pacer::fileio {

namespace {

constexpr std::int64_t format_version = 1;

using Kind = Hdf5Stream::Kind;

template <class T>
std::string_view bytes_of(const T* values, std::size_t count) {
    return {reinterpret_cast<const char*>(values), count * sizeof(T)};
}

class Hdf5Writer : public ResultsWriter {
  public:
    Hdf5Writer(PartFile& file, const ResultsHead& head, bool values_are_there)
        : stream_(values_are_there
                      ? Hdf5Stream(file, facts_of(head), datasets(head), Hdf5Stream::FirstIsThere())
                      : Hdf5Stream(file, facts_of(head), datasets(head))),
          width_(head.width),
          ids_(std::ssize(head.labels.ids)),
          id_bytes_(bytes_of_id(head)) {
        for (const auto& input : *head.files) stream_.write_text(files_set, input.path);
        for (const auto& label : head.labels.ids) stream_.write_text(id_names_set, label);
    }

    void add(const Piece& piece) override {
        const auto& place = piece.place();
        file_.assign(piece.done().size(), static_cast<std::int32_t>(place.file));
        line_.clear();
        for (const auto line : piece.done()) line_.push_back(place.first_line + line + 1);
        stream_.write(results_set, bytes_of(piece.values().data(), piece.values().size()));
        stream_.write(file_set, bytes_of(file_.data(), file_.size()));
        stream_.write(line_set, bytes_of(line_.data(), line_.size()));
        for (const auto id : piece.ids()) stream_.write_text(id_set, id);
    }

    std::optional<Slabs> give_away() override {
        const auto slab = [&](std::size_t set, std::int64_t bytes) {
            return Slabs::Slab{stream_.give_away(set), bytes};
        };
        Slabs slabs;
        slabs.results = slab(results_set, width_ * std::int64_t{sizeof(double)});
        slabs.file = slab(file_set, sizeof(std::int32_t));
        slabs.line = slab(line_set, sizeof(std::int64_t));
        slabs.ids = ids_;
        slabs.id_bytes = id_bytes_;
        if (ids_ > 0) slabs.id = slab(id_set, ids_ * id_bytes_);
        return slabs;
    }

    void finish() override { stream_.finish(); }

  private:
    enum : std::size_t { results_set, files_set, file_set, line_set, id_names_set, id_set };

    static std::vector<Hdf5Stream::Dataset> datasets(const ResultsHead& head) {
        const auto records = static_cast<std::uint64_t>(head.records);
        std::size_t longest = 1, longest_label = 1;
        for (const auto& input : *head.files) longest = std::max(longest, input.path.size());
        std::vector<Hdf5Stream::Dataset> all = {
            {"/results", Kind::float64, {records, static_cast<std::uint64_t>(head.width)}},
            {"/files", Kind::text, {head.files->size()}, longest},
            {"/file", Kind::int32, {records}},
            {"/line", Kind::int64, {records}}};
        const auto& ids = head.labels.ids;
        if (ids.empty()) return all;
        for (const auto& label : ids) longest_label = std::max(longest_label, label.size());
        all.push_back({"/id_names", Kind::text, {ids.size()}, longest_label});
        std::vector<std::uint64_t> extent = {records};
        if (ids.size() > 1) extent.push_back(ids.size());
        all.push_back({"/id", Kind::text, extent, static_cast<std::size_t>(bytes_of_id(head))});
        return all;
    }

    static std::int64_t bytes_of_id(const ResultsHead& head) {
        return std::max<std::int64_t>(head.longest_id, 1);
    }

    Hdf5Stream stream_;
    std::int64_t width_, ids_, id_bytes_;  // of a record
    std::vector<std::int32_t> file_;       // of a piece
    std::vector<std::int64_t> line_;
};

}  // namespace

Facts facts_of(const ResultsHead& head) {
    Facts facts = {{"format", "pacer-results"},
                   {"format_version", format_version},
                   {"written_by", fmt::format("Pacer {}", version())},
                   {"calculation", head.calculation},
                   {"records", head.records},
                   {"rejected", head.rejected},
                   {"skipped", head.skipped},
                   {"input", head.input},
                   {"options", head.options}};
    if (!head.content.empty()) facts.emplace_back("content", head.content);
    return facts;
}

std::unique_ptr<ResultsWriter> write_hdf5(PartFile& file, const ResultsHead& head, bool values_are_there) {
    return std::make_unique<Hdf5Writer>(file, head, values_are_there);
}

void write_hdf5(PartFile& file, const ResultsHead& head, const std::vector<ColumnStatistics>& columns) {
    const auto count = columns.size();
    std::vector<Hdf5Stream::Dataset> datasets = {{"/statistics/count", Kind::int64, {count}},
                                                 {"/statistics/mean", Kind::float64, {count}},
                                                 {"/statistics/variance", Kind::float64, {count}},
                                                 {"/statistics/min", Kind::float64, {count}},
                                                 {"/statistics/max", Kind::float64, {count}}};
    const auto& labels = head.labels;
    const auto missing_set = datasets.size();
    if (labels.missing) datasets.push_back({"/statistics/missing", Kind::int64, {count}});
    const auto column_set = datasets.size();
    if (!labels.columns.empty()) {
        std::size_t longest = 1;
        for (std::size_t i = 0; i < count; ++i) longest = std::max(longest, labels.of_column(i).size());
        datasets.push_back({"/statistics/column", Kind::text, {count}, longest});
    }
    Hdf5Stream stream(file, facts_of(head), datasets);
    for (std::size_t i = 0; i < count; ++i) {
        const auto& column = columns[i];
        stream.write(0, bytes_of(&column.count, 1));
        stream.write(1, bytes_of(&column.mean, 1));
        stream.write(2, bytes_of(&column.variance, 1));
        stream.write(3, bytes_of(&column.min, 1));
        stream.write(4, bytes_of(&column.max, 1));
        if (labels.missing) stream.write(missing_set, bytes_of(&column.missing, 1));
        if (!labels.columns.empty()) stream.write_text(column_set, labels.of_column(i));
    }
    stream.finish();
}

}  // namespace pacer::fileio
