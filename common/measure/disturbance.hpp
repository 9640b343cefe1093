// How much of a launch's cores others took while it ran.
#pragma once

#include "common/measure/record.hpp"

namespace pacer {

// A launch is disturbed that lost more than this share of its cores: its times are those of the machine's
// other work, too.
inline constexpr double disturbed_share = 0.05;

// CPU time of other processes and of the hypervisor, per second and core of the launch, on the host where
// that is most: of launch.hosts, or of the environment, which is that of rank 0's host, where there are none.
// 0 if it is not known. Own threads and children are not counted.
double disturbance(const Launch& launch);

inline bool is_disturbed(const Launch& launch) {
    return disturbance(launch) > disturbed_share;
}

}  // namespace pacer
