// The commands of the app, written once. The shell makes its handler from them, and the build
// script declares them. (A plain comment, since the build script includes this file as it is.)

macro_rules! with_commands {
    ($($callback:ident)::+) => {
        $($callback)::+![
            signaling_listen,
            signaling_join,
            signaling_leave,
            signaling_send,
            settings_load,
            settings_save,
            relay_share,
            invite_link,
            invite_read,
            invite_listen,
            window_request,
            file_request,
            file_write,
            identity_request
        ]
    };
}

pub(crate) use with_commands;
