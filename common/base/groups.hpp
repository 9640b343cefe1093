// What is alike, together.
#pragma once

#include <algorithm>
#include <vector>

namespace pacer {

// The items in groups of those that are `alike` the first of their group, in the order of first appearance.
template <class Item, class Alike>
std::vector<std::vector<const Item*>> groups_of(const std::vector<const Item*>& items, const Alike& alike) {
    std::vector<std::vector<const Item*>> groups;
    for (const auto* item : items) {
        const auto is_its = [&](const auto& group) { return alike(*group.front(), *item); };
        const auto found = std::find_if(groups.begin(), groups.end(), is_its);
        if (found == groups.end()) {
            groups.push_back({item});
        } else {
            found->push_back(item);
        }
    }
    return groups;
}

template <class Item, class Alike>
std::vector<std::vector<const Item*>> groups_of(const std::vector<Item>& items, const Alike& alike) {
    std::vector<const Item*> pointers;
    for (const auto& item : items) pointers.push_back(&item);
    return groups_of(pointers, alike);
}

}  // namespace pacer
