//! Instructions: `cargo bench --bench instructions`. Needs valgrind, and the
//! runner: `cargo install --locked gungraun-runner@0.20.0`.

use gungraun::{library_benchmark, library_benchmark_group, main};

#[library_benchmark]
#[bench::floor(peers::tlv::floor)]
#[bench::ours(peers::tlv::ours)]
#[bench::iso7816_tlv(peers::tlv::iso7816_tlv)]
#[bench::tlv_parser(peers::tlv::tlv_parser)]
fn tlv(run: fn() -> u64) -> u64 {
    run()
}

#[library_benchmark]
#[bench::floor(peers::t1::floor)]
#[bench::ours(peers::t1::ours)]
fn t1(run: fn() -> u64) -> u64 {
    run()
}

#[library_benchmark]
#[bench::floor(peers::plate::floor)]
#[bench::ours(peers::plate::ours)]
fn plate(run: fn() -> u64) -> u64 {
    run()
}

#[library_benchmark]
#[bench::mpm_1(peers::linear::mpm, 1)]
#[bench::mpm_4(peers::linear::mpm, 4)]
#[bench::mpm_16(peers::linear::mpm, 16)]
#[bench::cpm_1(peers::linear::cpm, 1)]
#[bench::cpm_4(peers::linear::cpm, 4)]
#[bench::cpm_16(peers::linear::cpm, 16)]
#[bench::readings_1(peers::linear::readings, 1)]
#[bench::readings_4(peers::linear::readings, 4)]
#[bench::readings_16(peers::linear::readings, 16)]
fn linear(run: fn(usize) -> u64, times: usize) -> u64 {
    run(times)
}

#[library_benchmark]
#[bench::ours(peers::receipt::ours)]
#[bench::escpos(peers::receipt::escpos)]
#[bench::papermint(peers::receipt::papermint)]
#[bench::thermoprint(peers::receipt::thermoprint)]
fn receipt(run: fn() -> u64) -> u64 {
    run()
}

#[library_benchmark]
#[bench::ours(peers::chinese::ours)]
#[bench::escpos(peers::chinese::escpos)]
fn chinese(run: fn() -> u64) -> u64 {
    run()
}

#[library_benchmark]
#[bench::ours(peers::gbk::ours)]
#[bench::ours_gb2312(peers::gbk::ours_gb2312)]
#[bench::encoding_rs(peers::gbk::encoding_rs)]
fn gbk(run: fn() -> u64) -> u64 {
    run()
}

#[library_benchmark]
#[bench::floor(peers::search::floor)]
#[bench::ours(peers::search::ours)]
#[bench::a608_embedded(peers::search::a608_embedded)]
#[bench::hzgrow_r502(peers::search::hzgrow_r502)]
fn search(run: fn() -> u64) -> u64 {
    run()
}

library_benchmark_group!(name = jobs, benchmarks = [tlv, t1, plate, receipt, chinese, gbk, search]);
main!(library_benchmark_groups = jobs);
