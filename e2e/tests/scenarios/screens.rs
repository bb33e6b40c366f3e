//! Every screen in every size, with any people: nothing overlaps, is cut off or lies outside.

use anyhow::{Result, ensure};
use e2e::{
    gallery::{Appearance, Colours, Crowd, Direction, Edges, Gallery, Look},
    page::Role,
    programs,
    screenshots::SIZES,
    test_env::run_test,
    wait,
};
use thirtyfour::Key;

use crate::reach::violations;

const PHONE: Look = Look {
    width: 360,
    height: 740,
    appearance: Appearance::Dark,
    direction: Direction::LeftToRight,
    crowd: Crowd::Usual,
    colours: Colours::Own,
    edges: Edges::Straight,
};

#[tokio::test]
async fn screens_of_every_size_fit() -> Result<()> {
    let mut looks = SIZES
        .map(|(width, height)| Look {
            width,
            height,
            ..PHONE
        })
        .to_vec();
    looks.push(Look {
        edges: Edges::Phone,
        ..PHONE
    });
    run_test("screens-sizes", async |env| {
        have_no_layout_faults(&Gallery::open(env, &programs::gallery()?).await?, &looks).await
    })
    .await
}

#[tokio::test]
async fn screens_with_any_names_fit() -> Result<()> {
    let looks = [
        Look {
            crowd: Crowd::LongNames,
            ..PHONE
        },
        Look {
            width: 720,
            height: 520,
            crowd: Crowd::LongNames,
            ..PHONE
        },
        Look {
            crowd: Crowd::MixedNames,
            direction: Direction::RightToLeft,
            ..PHONE
        },
        Look {
            width: 720,
            height: 520,
            crowd: Crowd::MixedNames,
            direction: Direction::RightToLeft,
            ..PHONE
        },
    ];
    run_test("screens-names", async |env| {
        have_no_layout_faults(&Gallery::open(env, &programs::gallery()?).await?, &looks).await
    })
    .await
}

#[tokio::test]
async fn hostile_names_do_not_affect_other_text() -> Result<()> {
    run_test("screens-hostile", async |env| {
        let gallery = Gallery::open(env, &programs::gallery()?).await?;
        let mut faults = vec![];
        let mut found = 0;
        for screen in gallery.screens() {
            let look = Look {
                crowd: Crowd::HostileNames,
                ..PHONE
            };
            gallery.show(screen, look).await?;
            let names = gallery.names().await?;
            found += names.found;
            let layout = gallery.layout_faults().await?;
            let all = names.faults.into_iter().chain(layout);
            faults.extend(all.map(|fault| format!("{screen}: {fault}")));
        }
        ensure!(faults.is_empty(), "{faults:#?}");
        ensure!(found > 50, "only {found} names were on all screens");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn forced_colours_keep_every_state_visible() -> Result<()> {
    run_test("screens-forced-colours", async |env| {
        let gallery = Gallery::open(env, &programs::gallery()?).await?;
        let mut faults = vec![];
        for screen in [
            "lobby",
            "lobby-relay",
            "settings",
            "settings-sounds",
            "settings-appearance",
            "call-2",
            "call-muted",
            "call-reconnecting",
        ] {
            let look = Look {
                colours: Colours::Forced,
                ..Look::default()
            };
            gallery.show(screen, look).await?;
            let found = gallery.forced_colour_faults().await?;
            faults.extend(found.into_iter().map(|fault| format!("{screen}: {fault}")));
        }
        ensure!(faults.is_empty(), "{faults:#?}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn text_on_every_screen_has_contrast_and_names() -> Result<()> {
    run_test("screens-axe", async |env| {
        let gallery = Gallery::open(env, &programs::gallery()?).await?;
        let mut faults = vec![];
        for screen in gallery.screens() {
            for appearance in [Appearance::Dark, Appearance::Light] {
                let look = Look {
                    appearance,
                    ..Look::default()
                };
                gallery.show(screen, look).await?;
                for violation in violations(gallery.page()).await? {
                    faults.push(format!("{screen}, {}: {violation}", look.name()));
                }
            }
        }
        ensure!(faults.is_empty(), "{faults:#?}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn join_room_on_a_phone_needs_no_scrolling() -> Result<()> {
    run_test("screens-join", async |env| {
        let gallery = Gallery::open(env, &programs::gallery()?).await?;
        for screen in [
            "lobby",
            "lobby-no-camera",
            "lobby-denied",
            "lobby-long-email",
        ] {
            for edges in [Edges::Straight, Edges::Phone] {
                gallery.show(screen, Look { edges, ..PHONE }).await?;
                let join = gallery.page().find(Role::Button, "Join room").await?;
                let foot: f64 = gallery
                    .page()
                    .script(
                        "return arguments[0].getBoundingClientRect().bottom",
                        vec![join.to_json()?],
                    )
                    .await?;
                ensure!(
                    foot <= 740.0,
                    "{screen}: Join room ends at {foot} px of 740"
                );
            }
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn people_panel_closed_by_key_gives_the_focus_back() -> Result<()> {
    run_test("screens-focus", async |env| {
        let gallery = Gallery::open(env, &programs::gallery()?).await?;
        let page = gallery.page();
        for key in [Key::Escape, Key::Enter] {
            gallery.show("call-3", Look::default()).await?;
            let people = page.find(Role::Button, "People").await?;
            people.focus().await?;
            page.keys(Key::Enter).await?;
            let close = page.find(Role::Button, "Close people").await?;
            close.focus().await?;
            page.keys(key).await?;
            page.sees_no(Role::Button, "Close people").await?;
            wait::until("the focus is back on People", async || {
                let focused = page.driver().active_element().await?;
                Ok((focused == people).then_some(()))
            })
            .await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn people_panel_on_a_phone_is_under_more() -> Result<()> {
    run_test("screens-more", async |env| {
        let gallery = Gallery::open(env, &programs::gallery()?).await?;
        let page = gallery.page();
        gallery.show("call-3", PHONE).await?;
        let more = page.find(Role::Button, "More").await?;
        more.focus().await?;
        page.keys(Key::Enter).await?;
        page.button("People").await?;
        page.sees(Role::Button, "Close people").await?;
        page.keys(Key::Escape).await?;
        page.sees_no(Role::Button, "Close people").await?;
        wait::until("the focus is back on More", async || {
            let focused = page.driver().active_element().await?;
            Ok((focused == more).then_some(()))
        })
        .await
    })
    .await
}

#[tokio::test]
async fn layout_changes_keep_every_video_playing() -> Result<()> {
    run_test("screens-layouts", async |env| {
        let gallery = Gallery::open(env, &programs::gallery()?).await?;
        let page = gallery.page();
        gallery.show("call-8", Look::default()).await?;
        let mark = "
            window.videos = [...document.querySelectorAll('video')];
            window.interrupted = [];
            for (const video of window.videos) {
                for (const type of ['pause', 'emptied']) {
                    video.addEventListener(type, () => window.interrupted.push(video.ariaLabel));
                }
            }";
        page.script::<()>(mark, vec![]).await?;
        // Grid, speaker, a pin, the pin gone, automatic; hidden members of the strip play too.
        for key in ["g", "g", "3", "3", "g"] {
            page.keys(key).await?;
            let kept: bool = page
                .script(
                    "return window.videos.every((video) => video.isConnected && !video.paused)",
                    vec![],
                )
                .await?;
            ensure!(kept, "after {key} a video is gone or stands still");
        }
        let interrupted: Vec<String> = page.script("return window.interrupted", vec![]).await?;
        ensure!(interrupted.is_empty(), "interrupted: {interrupted:?}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn options_of_a_tile_open_by_keyboard() -> Result<()> {
    run_test("screens-options", async |env| {
        let gallery = Gallery::open(env, &programs::gallery()?).await?;
        let page = gallery.page();
        gallery.show("call-3", Look::default()).await?;
        let options = page.find(Role::Button, "Options for Ana Souza").await?;
        options.focus().await?;
        page.keys(Key::Enter).await?;
        page.sees(Role::Dialog, "Options for Ana Souza").await?;
        page.button("Mute for me").await?;
        let muted: bool = page
            .script(
                "return document.querySelector('video[aria-label^=\"ana.souza\"]').muted",
                vec![],
            )
            .await?;
        ensure!(muted, "Ana is still heard");
        page.button("Pin").await?;
        page.sees_no(Role::Dialog, "Options for Ana Souza").await
    })
    .await
}

async fn have_no_layout_faults(gallery: &Gallery, looks: &[Look]) -> Result<()> {
    let mut faults = vec![];
    for look in looks {
        for screen in gallery.screens() {
            gallery.show(screen, *look).await?;
            let found = gallery.layout_faults().await?;
            faults.extend(
                found
                    .into_iter()
                    .map(|fault| format!("{screen}, {}: {fault}", look.name())),
            );
        }
    }
    ensure!(faults.is_empty(), "{faults:#?}");
    Ok(())
}
