//! Screenshots of every screen: the gallery shows the real views in sample states, in every
//! supported size and look.

use std::{fs, path::Path};

use anyhow::Result;

use crate::{
    gallery::{Appearance, Colours, Crowd, Direction, Edges, Gallery, Look},
    test_env::TestEnv,
};

/// A desktop's window, the smallest one, a guest's phone, and the first at a zoom of 200 %.
const SIZES: [(u32, u32); 4] = [(1280, 800), (720, 520), (360, 740), (640, 400)];
const PHONE: (u32, u32) = (360, 740);

/// Takes them all from a built gallery. Returns their number.
pub async fn of_gallery(gallery: &Path, folder: &Path) -> Result<usize> {
    let env = TestEnv::start("screenshots").await?;
    let outcome = take(&env, gallery, folder).await;
    env.stop().await;
    outcome
}

async fn take(env: &TestEnv, gallery: &Path, folder: &Path) -> Result<usize> {
    let gallery = Gallery::open(env, gallery).await?;
    fs::create_dir_all(folder)?;
    let mut taken = 0;
    for screen in gallery.screens() {
        for look in looks() {
            gallery.show(screen, look).await?;
            let file = format!("{screen}-{}.png", look.name());
            gallery.page().screenshot(&folder.join(file)).await?;
            taken += 1;
        }
    }
    Ok(taken)
}

/// Every size, dark and light, and special looks in the two sizes that differ most.
fn looks() -> Vec<Look> {
    let sized = |(width, height)| Look {
        width,
        height,
        ..Look::default()
    };
    let mut looks = vec![];
    for size in SIZES {
        for appearance in [Appearance::Dark, Appearance::Light] {
            looks.push(Look {
                appearance,
                ..sized(size)
            });
        }
    }
    for size in [SIZES[0], PHONE] {
        for crowd in [Crowd::LongNames, Crowd::MixedNames, Crowd::HostileNames] {
            looks.push(Look {
                crowd,
                ..sized(size)
            });
        }
        looks.push(Look {
            direction: Direction::RightToLeft,
            crowd: Crowd::MixedNames,
            ..sized(size)
        });
        looks.push(Look {
            colours: Colours::Forced,
            ..sized(size)
        });
    }
    looks.push(Look {
        edges: Edges::Phone,
        ..sized(PHONE)
    });
    looks
}
