//! Changes of a file that others change too, that goes away, that may not be written.

use super::Refusal;
use crate::{
    app::App,
    guard::tests::{knowledge, options},
    merge::Pick,
    store::{self, versions},
};
use std::{collections::BTreeMap, fs, path::PathBuf};
use tempfile::TempDir;

struct File {
    _folder: TempDir,
    path: PathBuf,
    app: App,
}

impl File {
    fn new(bytes: Option<&[u8]>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("health.raphe");
        if let Some(bytes) = bytes {
            fs::write(&path, bytes).expect("a file");
        }
        let app = App::new(options(Some(path.clone())), knowledge(), vec!["127.0.0.1:7274".to_owned()]);
        Self { _folder: folder, path, app: app.expect("it starts") }
    }

    fn bytes(&self) -> Vec<u8> {
        fs::read(&self.path).expect("the file is there")
    }

    fn text(&self) -> String {
        String::from_utf8(self.bytes()).expect("text")
    }

    fn base(&self) -> String {
        self.app.base(&self.bytes())
    }

    fn edit(&self, base: &str, text: &str) -> Result<bool, Refusal> {
        self.app.edit(base, text, &BTreeMap::new(), false).map(|edited| edited.merged)
    }

    fn kept(&self) -> Vec<String> {
        let texts = versions::list(&self.path).into_iter().map(|version| version.read().expect("a version"));
        texts.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).collect()
    }
}

const ONE: &str = "2026-03-01 start sertraline 50 mg daily\n";
const TWO: &str = "2026-03-02 feel low mood 3/10\n";
const THREE: &str = "2026-03-03 feel low mood 4/10\n";

#[test]
fn a_line_goes_to_the_end_of_what_the_file_holds_by_then() {
    let file = File::new(Some(ONE.as_bytes()));
    let base = file.base();
    fs::write(&file.path, format!("{ONE}{TWO}")).expect("another program");
    file.app.add(&[THREE.trim().to_owned()]).expect("it is added");
    assert_eq!(file.text(), format!("{ONE}{TWO}{THREE}"));
    assert_eq!(file.kept(), [format!("{ONE}{TWO}"), format!("{ONE}{TWO}{THREE}")]);
    // An edit of the page from before that keeps all of it.
    let mine = format!("; mine\n{ONE}");
    assert_eq!(file.edit(&base, &mine), Ok(true));
    assert_eq!(file.text(), format!("; mine\n{ONE}{TWO}{THREE}"));
}

#[test]
fn two_tabs_that_edit_one_line_are_asked_and_nothing_is_lost() {
    let file = File::new(Some(format!("{ONE}{TWO}").as_bytes()));
    let base = file.base();
    let first = format!("{ONE}2026-03-02 feel low mood 5/10\n");
    assert_eq!(file.edit(&base, &first), Ok(false));
    let second = format!("{ONE}2026-03-02 feel low mood 7/10\n");
    let Err(Refusal::Asked(asked)) = file.edit(&base, &second) else { panic!("it must ask") };
    assert_eq!(file.text(), first, "nothing was written");
    assert_eq!((asked[0].line, asked[0].theirs[0].as_str()), (2, "2026-03-02 feel low mood 5/10"));
    assert_eq!(asked[0].ours[0], "2026-03-02 feel low mood 7/10");
    let picks = BTreeMap::from([(asked[0].key.clone(), Pick::Both)]);
    file.app.edit(&base, &second, &picks, false).expect("it was answered");
    assert_eq!(file.text(), format!("{first}2026-03-02 feel low mood 7/10\n"));
}

#[test]
fn a_page_from_before_a_new_start_is_compared_with_the_kept_version() {
    let file = File::new(Some(format!("{ONE}{TWO}").as_bytes()));
    let base = file.base();
    file.app.add(&[THREE.trim().to_owned()]).expect("it is added");
    let later = App::new(options(Some(file.path.clone())), knowledge(), vec!["127.0.0.1:7274".to_owned()])
        .expect("it starts");
    let mine = format!("; mine\n{ONE}{TWO}");
    later.edit(&base, &mine, &BTreeMap::new(), false).expect("the version is known");
    assert_eq!(file.text(), format!("; mine\n{ONE}{TWO}{THREE}"));
    // What no version holds is asked about.
    let unknown = later.edit("0", ONE, &BTreeMap::new(), false);
    assert!(matches!(unknown, Err(Refusal::Asked(_))), "{unknown:?}");
}

#[test]
fn endings_and_a_byte_order_mark_stay() {
    let file = File::new(Some(b"\xef\xbb\xbf2026-03-01 note a\r\n2026-03-02 note b\n2026-03-03 note c"));
    let base = file.base();
    assert_eq!(file.edit(&base, "2026-03-01 note a\r\n2026-03-02 note B\r\n2026-03-03 note c"), Ok(false));
    assert_eq!(file.bytes(), b"\xef\xbb\xbf2026-03-01 note a\r\n2026-03-02 note B\r\n2026-03-03 note c");
}

#[test]
fn what_is_no_text_is_not_edited_but_added_to() {
    let bytes = b"2026-03-01 note caf\xe9\n";
    let file = File::new(Some(bytes));
    let base = file.base();
    let refused = file.edit(&base, "2026-03-01 note cafe\n");
    assert!(matches!(&refused, Err(Refusal::Said(note)) if note.says.contains("UTF-8")), "{refused:?}");
    assert_eq!(file.bytes(), bytes);
    file.app.add(&[TWO.trim().to_owned()]).expect("lines can be added");
    assert_eq!(file.bytes(), [bytes, TWO.as_bytes()].concat());
}

#[test]
fn a_file_that_went_away_is_not_begun_anew_by_a_line() {
    let file = File::new(Some(ONE.as_bytes()));
    let base = file.base();
    file.app.add(&[TWO.trim().to_owned()]).expect("it is added");
    fs::remove_file(&file.path).expect("it goes away");
    let note = file.app.add(&[THREE.trim().to_owned()]).expect_err("there is nothing to add to");
    assert!(note.says.contains("not there any more"), "{note:?}");
    assert!(matches!(file.edit(&base, ONE), Err(Refusal::Gone(_))));
    assert!(!file.path.exists(), "nothing was written");
    file.app.edit(&base, ONE, &BTreeMap::new(), true).expect("it may be written anew");
    assert_eq!(file.text(), ONE);
    fs::remove_file(&file.path).expect("it goes away");
    let newest = file.app.versions().pop().expect("a version");
    file.app.restore(&newest.name()).expect("it comes back");
    assert_eq!(file.text(), ONE);
}

#[test]
fn a_version_comes_back_as_a_new_version() {
    let file = File::new(Some(ONE.as_bytes()));
    file.app.add(&[TWO.trim().to_owned()]).expect("it is added");
    let oldest = file.app.versions().into_iter().next().expect("a version");
    file.app.restore(&oldest.name()).expect("it comes back");
    assert_eq!(file.text(), ONE);
    assert_eq!(file.kept(), [format!("{ONE}{TWO}"), ONE.to_owned()], "kept once, the newest last");
    for name in ["", "..", "../health.raphe", "2026-01-01T00-00-00.000Z", &oldest.name()] {
        assert!(file.app.restore(name).is_err(), "{name}");
    }
}

#[test]
fn so_many_versions_are_kept_for_their_owner_alone() {
    let file = File::new(None);
    for day in 1..=27 {
        file.app.add(&[format!("2026-03-{day:02} feel low mood 3/10")]).expect("it is added");
    }
    let kept = file.kept();
    assert_eq!(kept.len(), versions::KEPT);
    assert_eq!(kept.last(), Some(&file.text()));
    assert_eq!(kept[0].lines().count(), 8);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode =
            |path: &std::path::Path| fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
        assert_eq!(mode(&versions::folder(&file.path)), 0o700);
        assert_eq!(mode(&versions::list(&file.path)[0].path), 0o600);
    }
}

#[test]
fn where_no_version_can_be_kept_the_line_is_written_and_it_is_said() {
    let file = File::new(Some(ONE.as_bytes()));
    fs::write(versions::folder(&file.path), "in the way").expect("a file");
    let notices = file.app.add(&[TWO.trim().to_owned()]).expect("it is added");
    assert_eq!(file.text(), format!("{ONE}{TWO}"));
    assert!(
        notices.iter().any(|notice| notice.says.contains("no earlier version could be kept")),
        "{notices:?}"
    );
}

#[test]
fn what_may_not_be_changed_is_not_changed() {
    let file = File::new(Some(ONE.as_bytes()));
    let mut permissions = fs::metadata(&file.path).expect("it is there").permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&file.path, permissions).expect("they are set");
    let note = file.app.add(&[TWO.trim().to_owned()]).expect_err("it is read-only");
    assert!(note.says.contains("read-only") && note.help.is_some_and(|help| help.contains("as it was")));
    assert_eq!(file.text(), ONE);
    assert!(!versions::folder(&file.path).exists(), "nothing was made beside it");
}

#[test]
fn what_is_no_file_is_not_written() {
    let file = File::new(Some(ONE.as_bytes()));
    fs::remove_file(&file.path).expect("it goes away");
    fs::create_dir(&file.path).expect("a folder of its name");
    let note = file.app.add(&[TWO.trim().to_owned()]).expect_err("it is a folder");
    assert!(note.says.contains("is a folder"), "{note:?}");
    assert!(file.path.is_dir());
}

#[cfg(unix)]
#[test]
fn a_link_stays_a_link_and_permissions_stay() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
    let file = File::new(None);
    let folder = tempfile::tempdir().expect("a folder");
    let real = folder.path().join("real.raphe");
    fs::write(&real, ONE).expect("a file");
    fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).expect("they are set");
    let owner = fs::metadata(&real).expect("it is there").uid();
    symlink(&real, &file.path).expect("a link");
    file.app.add(&[TWO.trim().to_owned()]).expect("it is added");
    assert!(fs::symlink_metadata(&file.path).expect("it is there").is_symlink());
    assert_eq!(fs::read_to_string(&real).expect("text"), format!("{ONE}{TWO}"));
    let found = fs::metadata(&real).expect("it is there");
    assert_eq!((found.permissions().mode() & 0o777, found.uid()), (0o640, owner));
    assert!(folder.path().join(".real.raphe.raphe-versions").is_dir(), "versions are beside the file itself");
}

#[test]
fn a_diary_is_begun_where_nothing_is() {
    let file = File::new(None);
    file.app.begin(&file.path, ONE.as_bytes()).expect("it is begun");
    assert_eq!(file.text(), ONE);
    let note = file.app.begin(&file.path, TWO.as_bytes()).expect_err("it is there");
    assert!(
        note.says.contains("there already") && note.help.is_some_and(|help| help.contains("raphe serve"))
    );
    assert_eq!(file.text(), ONE);
}

#[test]
fn drafts_that_were_left_behind_go() {
    let file = File::new(Some(ONE.as_bytes()));
    file.app.add(&[TWO.trim().to_owned()]).expect("it is added");
    let folder = file.path.parent().expect("a folder");
    let left = [folder.join(".raphe-abc123.draft"), versions::folder(&file.path).join(".raphe-abc123.draft")];
    let other = folder.join(".raphe-notes");
    for path in left.iter().chain([&other]) {
        fs::write(path, "half").expect("a file");
    }
    store::tidy(&file.path);
    assert!(left.iter().all(|path| !path.exists()));
    assert!(other.exists() && file.text().starts_with(ONE));
    assert_eq!(file.kept().len(), 2);
}

#[test]
fn the_example_is_changed_in_memory() {
    let app = App::new(options(None), knowledge(), vec!["127.0.0.1:7274".to_owned()]).expect("it starts");
    app.add(&[TWO.trim().to_owned()]).expect("it is added");
    let (bytes, _) = app.bytes().expect("it reads");
    assert!(bytes.ends_with(TWO.as_bytes()));
    let base = app.base(&bytes);
    app.edit(&base, ONE, &BTreeMap::new(), false).expect("it is edited");
    assert_eq!(app.bytes().expect("it reads").0, ONE.as_bytes());
    assert!(app.versions().is_empty());
}
