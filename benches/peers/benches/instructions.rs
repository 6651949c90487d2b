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

#[library_benchmark(setup = warm)]
#[bench::floor(peers::templates::floor)]
#[bench::ours(peers::templates::ours)]
#[bench::iso7816_tlv(peers::templates::iso7816_tlv)]
#[bench::tlv_parser(peers::templates::tlv_parser)]
fn templates(run: fn() -> u64) -> u64 {
    run()
}

#[library_benchmark]
#[bench::floor(peers::t0::floor)]
#[bench::ours(peers::t0::ours)]
fn t0(run: fn() -> u64) -> u64 {
    run()
}

#[library_benchmark]
#[bench::floor(peers::t1::floor)]
#[bench::ours(peers::t1::ours)]
fn t1(run: fn() -> u64) -> u64 {
    run()
}

#[library_benchmark]
#[bench::floor(peers::iso_dep::floor)]
#[bench::ours(peers::iso_dep::ours)]
fn iso_dep(run: fn() -> u64) -> u64 {
    run()
}

#[library_benchmark]
#[bench::floor(peers::plate::floor)]
#[bench::ours(peers::plate::ours)]
fn plate(run: fn() -> u64) -> u64 {
    run()
}

#[library_benchmark]
#[bench::ours(peers::mrz::ours)]
#[bench::mrz(peers::mrz::mrz)]
fn mrz(run: fn() -> u64) -> u64 {
    run()
}

#[library_benchmark]
#[bench::ours(peers::mrz_read::ours)]
#[bench::mrz(peers::mrz_read::mrz)]
fn mrz_read(run: fn() -> u64) -> u64 {
    run()
}

/// What is built at the first call is not counted.
fn warm(run: fn() -> u64) -> fn() -> u64 {
    run();
    run
}

#[library_benchmark(setup = warm)]
#[bench::ours(peers::vin::ours)]
#[bench::vin_parser(peers::vin::vin_parser)]
fn vin(run: fn() -> u64) -> u64 {
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
#[bench::ours_in_slices(peers::receipt::ours_in_slices)]
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

#[library_benchmark(setup = warm)]
#[bench::ours(peers::rsa::ours)]
#[bench::crypto_bigint(peers::rsa::crypto_bigint)]
#[bench::num_bigint(peers::rsa::num_bigint)]
fn rsa(run: fn() -> u64) -> u64 {
    run()
}

#[library_benchmark(setup = warm)]
#[bench::ours(peers::dda::ours)]
fn dda(run: fn() -> u64) -> u64 {
    run()
}

#[library_benchmark(setup = warm)]
#[bench::ours(peers::payment::ours)]
#[bench::ours_with_dda(peers::payment::ours_with_dda)]
fn payment(run: fn() -> u64) -> u64 {
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

// Per 1,000 plates of a list: a frame of a camera against it.
#[library_benchmark(setup = peers::watch::list)]
#[bench::list_1(1)]
#[bench::list_4(4)]
#[bench::list_16(16)]
fn watch(list: Vec<embedded_pos::scan::plate::matching::Spelling>) -> u64 {
    peers::watch::look_up(&list)
}

// In proportion to the input, which is the same once, four and sixteen times.
#[library_benchmark]
#[bench::aamva_1(peers::linear::aamva, 1)]
#[bench::aamva_4(peers::linear::aamva, 4)]
#[bench::aamva_16(peers::linear::aamva, 16)]
#[bench::aamva_bare_1(peers::linear::aamva_bare, 1)]
#[bench::aamva_bare_4(peers::linear::aamva_bare, 4)]
#[bench::aamva_bare_16(peers::linear::aamva_bare, 16)]
#[bench::mpm_1(peers::linear::mpm, 1)]
#[bench::mpm_4(peers::linear::mpm, 4)]
#[bench::mpm_16(peers::linear::mpm, 16)]
#[bench::cpm_1(peers::linear::cpm, 1)]
#[bench::cpm_4(peers::linear::cpm, 4)]
#[bench::cpm_16(peers::linear::cpm, 16)]
#[bench::readings_1(peers::linear::readings, 1)]
#[bench::readings_4(peers::linear::readings, 4)]
#[bench::readings_16(peers::linear::readings, 16)]
#[bench::gat1400_1(peers::linear::gat1400, 1)]
#[bench::gat1400_4(peers::linear::gat1400, 4)]
#[bench::gat1400_16(peers::linear::gat1400, 16)]
#[bench::hikvision_poll_1(peers::linear::hikvision_poll, 1)]
#[bench::hikvision_poll_4(peers::linear::hikvision_poll, 4)]
#[bench::hikvision_poll_16(peers::linear::hikvision_poll, 16)]
#[bench::hikvision_pictures_1(peers::linear::hikvision_pictures, 1)]
#[bench::hikvision_pictures_4(peers::linear::hikvision_pictures, 4)]
#[bench::hikvision_pictures_16(peers::linear::hikvision_pictures, 16)]
#[bench::dahua_1(peers::linear::dahua, 1)]
#[bench::dahua_4(peers::linear::dahua, 4)]
#[bench::dahua_16(peers::linear::dahua, 16)]
#[bench::openalpr_1(peers::linear::openalpr, 1)]
#[bench::openalpr_4(peers::linear::openalpr, 4)]
#[bench::openalpr_16(peers::linear::openalpr, 16)]
#[bench::vzenith_push_1(peers::linear::vzenith_push, 1)]
#[bench::vzenith_push_4(peers::linear::vzenith_push, 4)]
#[bench::vzenith_push_16(peers::linear::vzenith_push, 16)]
#[bench::sdt_1(peers::linear::sdt, 1)]
#[bench::sdt_4(peers::linear::sdt, 4)]
#[bench::sdt_16(peers::linear::sdt, 16)]
#[bench::classes_1(peers::linear::classes, 1)]
#[bench::classes_4(peers::linear::classes, 4)]
#[bench::classes_16(peers::linear::classes, 16)]
#[bench::mrz_1(peers::linear::mrz, 1)]
#[bench::mrz_4(peers::linear::mrz, 4)]
#[bench::mrz_16(peers::linear::mrz, 16)]
fn linear(run: fn(usize) -> u64, times: usize) -> u64 {
    run(times)
}

library_benchmark_group!(
    name = jobs,
    benchmarks = [
        tlv, templates, t0, t1, iso_dep, plate, watch, mrz, mrz_read, vin, aamva, receipt, chinese,
        gbk, rsa, dda, payment, search
    ]
);
library_benchmark_group!(name = sizes, benchmarks = [linear]);
main!(library_benchmark_groups = jobs, sizes);
