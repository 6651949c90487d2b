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
#[bench::floor(peers::aamva::floor)]
#[bench::ours(peers::aamva::ours)]
#[bench::aamva(peers::aamva::aamva)]
fn aamva(run: fn() -> u64) -> u64 {
    run()
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

#[library_benchmark]
#[bench::aamva_1(peers::linear::aamva, 1)]
#[bench::aamva_4(peers::linear::aamva, 4)]
#[bench::aamva_16(peers::linear::aamva, 16)]
#[bench::aamva_bare_1(peers::linear::aamva_bare, 1)]
#[bench::aamva_bare_4(peers::linear::aamva_bare, 4)]
#[bench::aamva_bare_16(peers::linear::aamva_bare, 16)]
fn linear(run: fn(usize) -> u64, times: usize) -> u64 {
    run(times)
}

library_benchmark_group!(
    name = jobs,
    benchmarks = [tlv, t1, plate, aamva, linear, receipt, chinese, gbk, search]
);
main!(library_benchmark_groups = jobs);
