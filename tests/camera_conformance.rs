//! The suite for plate cameras: it passes our driver and fails broken ones.

use std::collections::VecDeque;

use embedded_pos::conformance::{PlateCameraStimulus, Report, plate_camera};
use embedded_pos::mock::MockPlateCamera;
use embedded_pos::port::{Clocked, Duration};
use embedded_pos::scan::plate::feed::vzenith::{Config, Next, Views, Vzenith};
use embedded_pos::scan::plate::{PlateCamera, PlateRead};
use embedded_pos::sim::camera::{Pass, VzenithCamera};
use embedded_pos::sim::{SimPort, Simulated, VirtualClock};
use embedded_pos::{ErrorKind, ErrorType, nb};

struct Road {
    device: Simulated<VzenithCamera>,
    clock: VirtualClock,
}

impl PlateCameraStimulus for Road {
    fn pass(&mut self, plate: &str) {
        self.device.device().pass(&Pass::new(plate).pictures(2000, 100));
    }

    fn pause(&mut self) {
        self.clock.advance(Duration::from_millis(2));
    }
}

type Camera = Clocked<Vzenith<SimPort<VzenithCamera, VirtualClock>>, VirtualClock, Next>;

fn camera(chunk: usize) -> (Camera, Road) {
    let clock = VirtualClock::new();
    let device = Simulated::new(VzenithCamera::new());
    let port = device.port(clock.clone()).chunked(chunk);
    let driver = Vzenith::new(port, Config::new().views(Views::Both));
    (Clocked::new(driver, clock.clone()), Road { device, clock })
}

#[test]
fn our_driver_passes() {
    for chunk in [3, 100, usize::MAX] {
        let (mut camera, mut road) = camera(chunk);
        let report = plate_camera(&mut camera, &mut road);
        assert!(report.passed(), "{report}");
        assert_eq!(report.checks.len(), 10);
    }
}

/// Our driver with something broken.
struct Broken<C> {
    camera: C,
    defect: Defect,
    reads: VecDeque<PlateRead>,
    held: Option<PlateRead>,
    count: usize,
}

#[derive(Clone, Copy, PartialEq)]
enum Defect {
    TellsTwice,
    DropsSome,
    Swaps,
    IgnoresUnsubscribe,
    LosesWhileSubscribing,
    DeafTrigger,
    Refuses,
}

impl<C: PlateCamera> ErrorType for Broken<C> {
    type Error = C::Error;
}

impl<C: PlateCamera> PlateCamera for Broken<C> {
    fn subscribe(&mut self) -> Result<(), C::Error> {
        let result = self.camera.subscribe();
        while self.defect == Defect::LosesWhileSubscribing && self.camera.poll_plate().is_ok() {}
        result
    }

    fn unsubscribe(&mut self) -> Result<(), C::Error> {
        match self.defect {
            Defect::IgnoresUnsubscribe => Ok(()),
            _ => self.camera.unsubscribe(),
        }
    }

    fn trigger(&mut self) -> Result<(), C::Error> {
        match self.defect {
            Defect::DeafTrigger => Ok(()),
            _ => self.camera.trigger(),
        }
    }

    fn poll_plate(&mut self) -> nb::Result<PlateRead, C::Error> {
        if let Some(read) = self.reads.pop_front() {
            return Ok(read);
        }
        let read = self.camera.poll_plate()?;
        self.count += 1;
        match self.defect {
            Defect::TellsTwice => self.reads.push_back(read),
            Defect::DropsSome if self.count.is_multiple_of(3) => {
                return Err(nb::Error::WouldBlock);
            }
            Defect::Swaps if self.count == 2 => {
                self.held = Some(read);
                return Err(nb::Error::WouldBlock);
            }
            Defect::Swaps => self.reads.extend(self.held.take()),
            _ => {}
        }
        Ok(read)
    }
}

fn examine(defect: Defect) -> Report {
    let (camera, mut road) = camera(usize::MAX);
    if defect == Defect::Refuses {
        road.device.device().refuse(401);
    }
    let mut broken = Broken { camera, defect, reads: VecDeque::new(), held: None, count: 0 };
    plate_camera(&mut broken, &mut road)
}

#[test]
fn broken_drivers_fail_and_are_told_why() {
    for (defect, promise) in [
        (Defect::TellsTwice, "a vehicle is told once"),
        (Defect::DropsSome, "vehicles are told in their order"),
        (Defect::Swaps, "vehicles are told in their order"),
        (Defect::IgnoresUnsubscribe, "nothing is told to who unsubscribed"),
        (Defect::LosesWhileSubscribing, "a vehicle is told while a command is answered"),
        (Defect::DeafTrigger, "a trigger is obeyed or declared unsupported"),
        (Defect::Refuses, "subscribing succeeds"),
    ] {
        let report = examine(defect);
        assert!(!report.passed());
        let failed: Vec<_> = report.failures().map(|check| check.promise).collect();
        assert!(failed.contains(&promise), "{report}");
    }
}

#[test]
fn mock_tells_what_it_is_told_to() {
    let mut camera = MockPlateCamera::new();
    camera.expect_subscribe().times(1).returning(|| Ok(()));
    camera.expect_trigger().returning(|| Err(ErrorKind::Unsupported));
    camera.expect_poll_plate().returning(|| Ok(PlateRead::new("津A12345".as_bytes())));
    camera.subscribe().unwrap();
    assert_eq!(camera.trigger(), Err(ErrorKind::Unsupported));
    let read = camera.poll_plate().unwrap();
    assert_eq!(read.plate().unwrap().canonical(), "津A12345");
    // And the suite takes it for a camera that sees what is not there.
    struct Nobody;
    impl PlateCameraStimulus for Nobody {
        fn pass(&mut self, _: &str) {}
        fn pause(&mut self) {}
    }
    let mut camera = MockPlateCamera::new();
    camera.expect_subscribe().returning(|| Ok(()));
    camera.expect_unsubscribe().returning(|| Ok(()));
    camera.expect_trigger().returning(|| Err(ErrorKind::Unsupported));
    camera.expect_poll_plate().returning(|| Ok(PlateRead::new("津A12345".as_bytes())));
    assert!(!plate_camera(&mut camera, &mut Nobody).passed());
}
