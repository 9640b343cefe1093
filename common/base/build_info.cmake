# Writes `output` from build_info_values.hpp.in, at build time, so that a new commit shows without configuring again.
# An unchanged file is left alone: nothing is compiled again.
#
#     cmake -Dsource=FOLDER -Doutput=FILE -Dversion=... -Dbuild_type=... -Dcompiler=... -Dcompiler_flags=... -P build_info.cmake

set(commit unknown)
set(tree unknown)
# git puts the commit into this file of an archive, and whether an unpacked archive was edited nobody knows.
if(EXISTS "${source}/common/base/archived_commit")
    file(STRINGS "${source}/common/base/archived_commit" archived REGEX "^[0-9a-f]+$")
    if(archived)
        set(commit ${archived})
    endif()
endif()
find_program(GIT git)
if(GIT)
    # A read-only look: no lock is taken, which could disturb a git command of the user.
    set(ENV{GIT_OPTIONAL_LOCKS} 0)
    macro(git)
        execute_process(COMMAND ${GIT} -c safe.directory=* -C ${source} ${ARGN} OUTPUT_VARIABLE answer RESULT_VARIABLE failed
                        OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
    endmacro()
    # An unpacked archive may lie inside of another project's repository, whose commit says nothing about it.
    git(rev-parse --show-toplevel)
    file(REAL_PATH "${source}" here)
    if(NOT failed AND answer STREQUAL here)
        git(rev-parse --verify HEAD)
        if(NOT failed)
            set(commit ${answer})
        endif()
        # A file that git does not know is built only if one that it knows, a CMakeLists.txt, names it.
        git(status --porcelain --untracked-files=no)
        if(NOT failed AND answer STREQUAL "")
            set(tree clean)
        elseif(NOT failed)
            set(tree modified)
        endif()
    endif()
endif()
foreach(fact version build_type compiler compiler_flags)
    string(STRIP "${${fact}}" ${fact})
    if(${fact} STREQUAL "")
        set(${fact} unknown)
    endif()
endforeach()
configure_file(${CMAKE_CURRENT_LIST_DIR}/build_info_values.hpp.in ${output} @ONLY)
