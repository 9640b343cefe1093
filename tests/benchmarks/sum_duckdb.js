// The sum of each row of a file of three numbers a row, between commas, by DuckDB on two threads.
//
//     npm install --prefix FOLDER @duckdb/node-api
//     NODE_PATH=FOLDER/node_modules node tests/benchmarks/sum_duckdb.js FILE [REPEATS]
//
// The database is up before the clock starts. It is told what the file is, so that it need not find out, and adds the
// sums up at once, so that it need not keep them: both are as fast as it can be.
"use strict";

const { DuckDBInstance } = require("@duckdb/node-api");

async function main(file, repeats) {
  const database = await DuckDBInstance.create(":memory:", { threads: "2" });
  const connection = await database.connect();
  const query =
    "SELECT count(s)::DOUBLE, sum(s) FROM (SELECT a + b + c AS s FROM read_csv('" + file.replaceAll("'", "''") +
    "', header = false, auto_detect = false, delim = ',', columns = {'a': 'DOUBLE', 'b': 'DOUBLE', 'c': 'DOUBLE'}))";
  const seconds = [];
  let row;
  for (let i = 0; i < repeats; ++i) {
    const start = performance.now();
    [row] = (await connection.runAndReadAll(query)).getRows();
    seconds.push((performance.now() - start) / 1000);
  }
  seconds.sort((a, b) => a - b);
  const median = (seconds[(repeats - 1) >> 1] + seconds[repeats >> 1]) / 2;
  console.log(JSON.stringify({ rows: row[0], total: row[1], seconds, median_seconds: median }));
}

if (process.argv.length < 3) throw new Error("usage: node sum_duckdb.js FILE [REPEATS]");
main(process.argv[2], Number(process.argv[3] ?? 1));
