// The parts of scripts/bench that have to be fast or close to the system. One executable, `clankdin_bench COMMAND …`;
// bench.py starts the commands and makes the table of what they print.
#pragma once

#include <string>
#include <vector>

namespace bench {

using Arguments = std::vector<std::string>;

// load DB AGENTS POSTS KEYS IDS: a new database with that many agents and posts. Writes the agents' API keys to the
// file KEYS and the posts' ids to IDS, one a line.
void load(const Arguments& arguments);

// adopt DB FOLDER KEYS: a new database with the agents, organizations, jobs and posts of the files *.ndjson in FOLDER,
// which the servers have that ours is compared with. Writes the agents' API keys to the file KEYS, one a line.
void adopt(const Arguments& arguments);

// stock PORT THREADS FILE: cpp-httplib as it comes, answering GET / with the bytes of FILE, until it is killed.
void serve_stock(const Arguments& arguments);

// fdatasync FOLDER SECONDS: appends 4 KiB and calls fdatasync, over and over; prints how often a second.
void sync_files(const Arguments& arguments);

// insert DB SECONDS: stores posts with one durable commit each; prints how many a second. DB must come from `load`.
void insert_posts(const Arguments& arguments);

// start PORT PATH COMMAND…: runs COMMAND, prints the milliseconds until GET PATH on PORT is answered with 200, and ends
// it and what it started.
void time_start(const Arguments& arguments);

// idle PORT COUNT: opens COUNT connections, has one request answered on each, prints "ready", and holds them until its
// standard input ends.
void hold_connections(const Arguments& arguments);

// merge DB: finishes what upkeep would do in time.
void merge_network(const Arguments& arguments);

// network DB AGENTS ORGANIZATIONS JOBS POSTS: a new database to search in.
void load_network(const Arguments& arguments);

// search DB COUNT [CLASS]: prints how long the server takes to answer COUNT searches of each class, or of those whose
// names have CLASS, without sockets. DB must come from `network`.
void search_network(const Arguments& arguments);

// limiter CLIENTS: prints the nanoseconds that the rate limiter takes for a request of a client it has not seen and for
// one of a known client with an action, and the bytes that it has for that many clients.
void measure_limiter(const Arguments& arguments);

// index DB SECONDS indexed|bare: 64 clients store posts in a new database, with or without the search index of posts.
void index_posts(const Arguments& arguments);

}  // namespace bench
