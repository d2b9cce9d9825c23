//! A stranger at the server: silent sockets, many tries, wrong names of hosts. Against the running program on loopback.
//!
//! Invariant under test: whatever a stranger does, a clerk's page comes at once.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use crate::town::Town;

const PASSWORD: &str = "langes-kennwort";

/// A town's pages on loopback, until the test ends.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An answer, whole.
pub(crate) struct Answer(pub(crate) String);

impl Answer {
    pub(crate) fn status(&self) -> u16 {
        self.0.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0)
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let head = self.0.split("\r\n\r\n").next().unwrap();
        let lines = head.lines().filter_map(|line| line.split_once(": "));
        lines.into_iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}

impl Server {
    /// Starts the pages of a town with further options.
    pub(crate) fn of(town: &Town, options: &str) -> Server {
        let mut command = town.command(&format!("serve --listen 127.0.0.1:0 {options}"));
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
        let address = lines.find_map(|line| line.split("://").nth(1)?.split('/').next().map(str::to_owned));
        // what the server says is read, so that it never waits for a reader
        std::thread::spawn(move || lines.for_each(drop));
        Server { child, address: address.unwrap() }
    }

    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        stream
    }

    /// Sends a request as it is written; `{}` in it is the server's address.
    pub(crate) fn raw(&self, request: &str) -> Answer {
        let mut stream = self.connect();
        stream.write_all(request.replace("{}", &self.address).as_bytes()).unwrap();
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        Answer(String::from_utf8_lossy(&answer).into_owned())
    }

    pub(crate) fn get(&self, path: &str, headers: &str) -> Answer {
        self.raw(&format!("GET {path} HTTP/1.1\r\nHost: {{}}\r\n{headers}Connection: close\r\n\r\n"))
    }

    pub(crate) fn post(&self, path: &str, headers: &str, form: &str) -> Answer {
        let kind = "Content-Type: application/x-www-form-urlencoded";
        let length = form.len();
        self.raw(&format!(
            "POST {path} HTTP/1.1\r\nHost: {{}}\r\n{headers}{kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{form}"
        ))
    }

    /// The cookie of a person who logs in.
    pub(crate) fn logged_in(&self, name: &str, password: &str) -> String {
        let answer = self.post("/login", "", &format!("name={name}&password={password}"));
        let cookie = answer.header("set-cookie").unwrap_or_else(|| panic!("{}", answer.0));
        format!("Cookie: {}\r\n", cookie.split(';').next().unwrap())
    }
}

fn staffed() -> Town {
    let town = Town::lindental();
    town.told("user add chef --role administrator", PASSWORD).ok();
    town.told("--password-stdin user add carla --role clerk --as chef", &format!("{PASSWORD} {PASSWORD}-1")).ok();
    town.told("--password-stdin user password carla", &format!("{PASSWORD}-1 {PASSWORD}-2")).ok();
    town
}

/// Asks for a clerk's page and says how long it took.
fn page(server: &Server, cookie: &str) -> Duration {
    let begun = Instant::now();
    let answer = server.get("/cases", cookie);
    assert_eq!(answer.status(), 200, "{}", answer.0);
    begun.elapsed()
}

#[test]
fn silent_sockets_uploads_and_wrong_log_ins_keep_nobody_waiting() {
    let town = staffed();
    let server = Server::of(&town, "");
    let cookie = server.logged_in("carla", &format!("{PASSWORD}-2"));
    // more than there may be connections
    let silent: Vec<TcpStream> = (0..600).filter_map(|_| TcpStream::connect(&server.address).ok()).collect();
    assert!(silent.len() > 300, "{}", silent.len());
    let upload = format!(
        "POST /import/files HTTP/1.1\r\nHost: {}\r\n{cookie}Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 50000000\r\n\r\n--b\r\nContent-Disposition: form-data; name=\"files\"; filename=\"a.xml\"\r\n\r\n",
        server.address
    );
    let block = vec![b' '; 1 << 20];
    let stop = &std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..60 {
            let (upload, block, server) = (&upload, &block, &server);
            scope.spawn(move || {
                let mut stream = server.connect();
                stream.set_write_timeout(Some(Duration::from_millis(200))).unwrap();
                stream.write_all(upload.as_bytes()).unwrap();
                for _ in 0..20 {
                    if stop.load(std::sync::atomic::Ordering::Relaxed) {
                        break;
                    }
                    let _ = stream.write(block);
                }
            });
        }
        for _ in 0..20 {
            let server = &server;
            scope.spawn(move || {
                for number in 0..50 {
                    let answer = server.post("/login", "", &format!("name=carla{}&password=falsch", number % 7));
                    assert!([422, 429].contains(&answer.status()), "{}", answer.0);
                    assert_eq!(answer.status() == 429, answer.header("retry-after").is_some(), "{}", answer.0);
                }
            });
        }
        let mut slowest = Duration::ZERO;
        for _ in 0..20 {
            slowest = slowest.max(page(&server, &cookie));
        }
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
        // on an idle machine half a second is plenty; this one is shared
        println!("slowest page: {slowest:?}");
        assert!(slowest < Duration::from_secs(3), "{slowest:?}");
    });
    drop(silent);
}

#[test]
fn a_socket_that_says_nothing_or_one_letter_at_a_time_is_closed() {
    let town = staffed();
    let server = Server::of(&town, "");
    let begun = Instant::now();
    let mut silent = server.connect();
    let mut slow = server.connect();
    slow.write_all(b"GET / HTTP/1.1\r\nX-Slow: ").unwrap();
    // the beginning of HTTP/2 is no request
    let mut other = server.connect();
    other.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").unwrap();
    let mut rest = Vec::new();
    let _ = other.read_to_end(&mut rest);
    assert!(rest.is_empty() || rest.starts_with(b"HTTP/1.1 4"), "{}", String::from_utf8_lossy(&rest));
    assert!(begun.elapsed() < Duration::from_secs(10));
    let mut letters = slow.try_clone().unwrap();
    let writer = std::thread::spawn(move || {
        while letters.write_all(b"x").is_ok() {
            std::thread::sleep(Duration::from_secs(1));
        }
    });
    let mut rest = Vec::new();
    let _ = silent.read_to_end(&mut rest);
    let _ = slow.read_to_end(&mut rest);
    assert!(begun.elapsed() < Duration::from_secs(40), "{:?}", begun.elapsed());
    writer.join().unwrap();
}

#[test]
fn a_page_is_given_under_names_of_ours_alone() {
    let town = staffed();
    let server = Server::of(&town, "");
    let asked = |host: &str| server.raw(&format!("GET /login HTTP/1.1\r\n{host}Connection: close\r\n\r\n")).status();
    assert_eq!(asked("Host: {}\r\n"), 200);
    assert_eq!(asked("Host: localhost\r\n"), 200);
    for host in ["Host: evil.example\r\n", "", "Host: {}\r\nHost: evil.example\r\n", "Host: 127.0.0.1.evil.example\r\n"]
    {
        assert!([400, 421].contains(&asked(host)), "{host}");
    }
    assert_eq!(
        server
            .raw("GET http://evil.example/login HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n")
            .status(),
        421
    );
}

#[test]
fn a_server_that_others_reach_names_its_proxies() {
    let town = staffed();
    let refused = "reached by others, and whoever sends passwords there without the proxy sends them in the open";
    town.run("serve --listen 0.0.0.0:0 --behind-https").refused_with(refused);
    let settings = std::fs::read_to_string(town.path().join("einmal.toml")).unwrap();
    town.write("einmal.toml", format!("{settings}\n[web]\nproxies = [\"192.0.2.1\"]\n"));
    let server = Server::of(&town, "--behind-https");
    // who is none of them is not listened to
    assert_eq!(server.get("/healthz", "").0, "");
}

#[test]
#[cfg(unix)]
fn an_inbox_with_traps_is_read_past_them() {
    use std::os::unix::fs::symlink;
    let town = Town::new();
    town.write("inbox/posten.csv", crate::people::items("\n    mueller 2023-4 2023-11-15 100.00"));
    town.write("secret.csv", crate::people::items("\n    weber 2023-4 2023-11-15 100.00"));
    let inbox = town.path().join("inbox");
    symlink(town.path().join("secret.csv"), inbox.join("a-out.csv")).unwrap();
    symlink("/dev/zero", inbox.join("b-zero.xml")).unwrap();
    symlink(&inbox, inbox.join("c-loop")).unwrap();
    let pipe = std::process::Command::new("mkfifo").arg(inbox.join("d-pipe.xml")).status().unwrap();
    assert!(pipe.success());
    let done = town.run("--format json import inbox").ok();
    let files: serde_json::Value = serde_json::from_str(&done.out).unwrap();
    let told = |name: &str| {
        let file = files.as_array().unwrap().iter().find(|file| file["file"] == name);
        file.unwrap_or_else(|| panic!("{name} in {files}"))["skipped"].clone()
    };
    assert_eq!(told("a-out.csv"), "is a link that leads out of the folder");
    assert_eq!(told("b-zero.xml"), "is a link to what is no file");
    assert_eq!(told("c-loop"), "is a link to what is no file");
    assert_eq!(told("d-pipe.xml"), "is no file");
    assert!(told("posten.csv").is_null());
    assert_eq!(town.json("report receivables").as_array().unwrap().len(), 1);
    town.run("import inbox/d-pipe.xml").refused_with("is no file");
    town.run("import /dev/zero").refused_with("is no file");
}

#[test]
#[cfg(unix)]
fn what_is_written_is_for_its_owner_alone_whatever_the_umask() {
    use std::os::unix::fs::PermissionsExt as _;
    let town = Town::lindental();
    let run = |line: &str| {
        let own = town.command(line);
        let mut open = std::process::Command::new("sh");
        open.args(["-c", "umask 000 && exec \"$0\" \"$@\""]).arg(own.get_program()).args(own.get_args());
        for (name, value) in own.get_envs() {
            value.into_iter().for_each(|value| {
                open.env(name, value);
            });
        }
        let done = open.current_dir(town.path()).output().unwrap();
        assert!(done.status.success(), "{line}: {}", String::from_utf8_lossy(&done.stderr));
    };
    run("collect plan --due 2024-03-27 --as anna");
    run("collect notify L1 --out post/briefe --sent 2024-03-11 --as anna");
    run("backup sicherung.einmal");
    let mut open = Vec::new();
    let mut look = |path: std::path::PathBuf| {
        let mode = std::fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            open.push(format!("{}: {mode:o}", path.display()));
        }
    };
    let within = |folder: &str| std::fs::read_dir(town.path().join(folder)).unwrap().map(|entry| entry.unwrap().path());
    within("post/briefe").for_each(&mut look);
    ["post", "post/briefe", "sicherung.einmal"].iter().for_each(|name| look(town.path().join(name)));
    within(".").filter(|path| path.extension().is_some_and(|ending| ending == "db")).for_each(&mut look);
    assert_eq!(open, Vec::<String>::new());
}
