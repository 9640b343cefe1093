"""Pacer's apps as tests of ReFrame (https://reframe-hpc.readthedocs.io), version 4.

    PACER_BIN=build/release/bin reframe -c jobs/reframe -r --performance-report

A test runs an app once on the nodes that it is given. It passes if every answer was right. Its performance variables are
the headlines of timings summary by their keys: memory_read_all_cores, mpi_barrier, ... References belong into a class of
the site's own:

    @rfm.simple_test
    class OurMemory(Pacer):
        app = 'memory'
        num_tasks = 64
        reference = {'cluster:compute': {'memory_read_all_cores': (400e9, -0.05, None, 'B/s')}}

One run has no error bars: whether a machine is as fast as it was is for jobs/acceptance.slurm to say.
"""

import json
import os

import reframe as rfm
import reframe.utility.sanity as sn

DUMP, SUMMARY = 'dump.h5', 'summary.json'


def summary_of(folder):
    """What timings summary wrote there; see apps/timings/schema.json."""
    with open(os.path.join(folder, SUMMARY), encoding='utf-8') as file:
        return json.load(file)


class Pacer(rfm.RunOnlyRegressionTest):
    """An app, its options, and the seconds that it may take."""

    app = variable(str)
    options = variable(list, value=[])
    max_seconds = variable(int, value=30)

    valid_systems = ['*']
    valid_prog_environs = ['*']
    num_tasks = 0  # as many as there are nodes, unless a subclass or the command line says
    exclusive_access = True

    @run_before('run')
    def name_the_programs(self):
        programs = os.path.abspath(os.environ.get('PACER_BIN', 'build/release/bin'))
        self.executable = os.path.join(programs, self.app)
        self.executable_opts = ['--quiet', '--dump', DUMP, '--max-seconds', str(self.max_seconds), *self.options]
        timings = os.path.join(programs, 'timings')
        self.postrun_cmds = [f'{timings} summary {DUMP} --format json -o {SUMMARY}']

    @sanity_function
    def every_answer_is_right(self):
        if not os.path.exists(os.path.join(self.stagedir, SUMMARY)):
            return sn.assert_true(False, f'{self.app} left no dump: see rfm_job.err')
        return sn.assert_eq(summary_of(self.stagedir)['status'], 0, 'an answer is wrong, or was never checked')

    @run_before('performance')
    def take_the_headlines(self):
        self.perf_variables = {
            line['key']: sn.make_performance_function(sn.defer(line['value']), line['unit'])
            for line in summary_of(self.stagedir)['headlines']
        }


@rfm.simple_test
class PacerApp(Pacer):
    """Every app, with its usual sizes."""

    program = parameter(['reduce', 'fileio', 'queues', 'race', 'memory', 'syntax', 'overhead', 'storage'])

    @run_after('init')
    def take_the_program(self):
        self.app = self.program
