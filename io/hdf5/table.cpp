// Compound tables: rows of whole numbers and strings of fixed length.
#include <cstring>

#include "io/hdf5/detail.hpp"

namespace pacer::hdf5 {

namespace {

// A column's place in a row.
struct Field {
    std::string name;
    std::size_t offset = 0, bytes = 0;
    bool is_text = false;
};

std::size_t end_of(const std::vector<Field>& fields) {
    return fields.empty() ? 0 : fields.back().offset + fields.back().bytes;
}

std::vector<Field> fields_of(const Table& table) {
    std::vector<Field> fields;
    for (const auto& [name, cells] : table) {
        const auto* texts = std::get_if<std::vector<std::string>>(&cells);
        const auto bytes = texts ? longest_of(*texts) : sizeof(std::int64_t);
        fields.push_back({name, end_of(fields), bytes, texts != nullptr});
    }
    return fields;
}

std::vector<Field> fields_of(hid_t compound, const std::string& what) {
    std::vector<Field> fields;
    const int members = H5Tget_nmembers(compound);
    check(members, "counting the columns of " + what);
    for (unsigned i = 0; i < static_cast<unsigned>(members); ++i) {
        const Id type(H5Tget_member_type(compound, i), H5Tclose, "reading a column's type in " + what);
        const bool is_text = is_fixed_string(type);
        if (!is_text && H5Tget_class(type) != H5T_INTEGER) continue;
        char* name = H5Tget_member_name(compound, i);
        if (name == nullptr) throw Error("reading a column's name in " + what + " failed");
        fields.push_back({name, end_of(fields), is_text ? H5Tget_size(type) : sizeof(std::int64_t), is_text});
        H5free_memory(name);
    }
    if (fields.empty()) throw Error("reading the columns of " + what + " failed");
    return fields;
}

Id compound_type(const std::vector<Field>& fields) {
    Id compound(H5Tcreate(H5T_COMPOUND, end_of(fields)), H5Tclose, "creating a table's type");
    for (const auto& field : fields) {
        const auto text = string_type(field.bytes);
        const hid_t type = field.is_text ? hid_t{text} : H5T_NATIVE_INT64;
        check(H5Tinsert(compound, field.name.c_str(), field.offset, type), "adding column " + field.name);
    }
    return compound;
}

void put(const std::string& text, const Field& field, char* row) {
    text.copy(row + field.offset, field.bytes);
}
void put(std::int64_t number, const Field& field, char* row) {
    std::memcpy(row + field.offset, &number, sizeof number);
}

void get(std::string& text, const Field& field, const char* row) {
    text = text_of(row + field.offset, field.bytes);
}
void get(std::int64_t& number, const Field& field, const char* row) {
    std::memcpy(&number, row + field.offset, sizeof number);
}

template <class Cell>
std::vector<Cell> column(const std::vector<char>& rows, std::size_t row_bytes, const Field& field) {
    std::vector<Cell> cells(rows.size() / row_bytes);
    for (std::size_t i = 0; i < cells.size(); ++i) get(cells[i], field, &rows[i * row_bytes]);
    return cells;
}

}  // namespace

void Group::write_table(const std::string& name, const Table& table) const {
    const auto fields = fields_of(table);
    const auto count = std::visit([](const auto& cells) { return cells.size(); }, table.front().second);
    if (count == 0) return;
    std::vector<char> rows(count * end_of(fields));
    for (std::size_t i = 0; i < fields.size(); ++i) {
        std::visit(
            [&](const auto& cells) {
                for (std::size_t row = 0; row < count; ++row)
                    put(cells.at(row), fields[i], &rows[row * end_of(fields)]);
            },
            table[i].second);
    }
    write(name, compound_type(fields), {count}, rows.data());
}

Table Group::read_table(const std::string& name) const {
    if (!has(name)) return {};
    const auto dataset = open_dataset(name, 1);
    if (H5Tget_class(dataset.type) != H5T_COMPOUND)
        throw Error("reading " + dataset.path + " as a table failed");
    const auto fields = fields_of(dataset.type, dataset.path);
    std::vector<char> rows(guarded_bytes(dataset.extent[0], end_of(fields), dataset.path));
    check(H5Dread(dataset.id, compound_type(fields), H5S_ALL, H5S_ALL, H5P_DEFAULT, rows.data()),
          "reading " + dataset.path);
    Table table;
    for (const auto& field : fields) {
        if (field.is_text) {
            table.emplace_back(field.name, column<std::string>(rows, end_of(fields), field));
        } else {
            table.emplace_back(field.name, column<std::int64_t>(rows, end_of(fields), field));
        }
    }
    return table;
}

}  // namespace pacer::hdf5
