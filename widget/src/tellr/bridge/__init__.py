"""The messages between the widget's page and its kernel, version 1.

The deploy logic runs in the page, as WebAssembly. The page can't reach the workspace: a workspace
accepts no requests from other origins, and the page is a sandboxed frame in some notebooks. So the
kernel is its host: it holds the credential, which is never sent to the page, and sends only the
deployer's own requests. The kernel runs the logic itself if the page can't run WebAssembly, if a
key or a wheel was given in Python and has to stay there, and if the page was lost during a run.

A run has one driver at any time, which ``driver.py`` determines: a page drives with a *turn*, and
its requests are carried out only while that turn is the current one. Without a turn, a page can
only read.

All messages are custom messages of the widget. They are not saved with the notebook, and any
notebook supports them. A message is a JSON object with ``tellr`` (the version), ``kind``, and on
the page's side ``page`` (an id of the page) and ``sent`` (its clock, in milliseconds).

====================  =========================================================================
from the page         meaning; those with an ``id`` get a ``reply``
====================  =========================================================================
``files``  id         the page's own code, styles and module. Answered by ``files`` with ``hash``
                      and three binary buffers, packed; once in a page, whatever the widgets
``hello``  id         who is there: ``package``, the page's version. Reply: ``package``, ``where``
                      (workspace and user), ``remembered``, ``live`` (the run under way, if any)
``request`` id        ``request``: one of the deployer's requests, as the module makes it;
                      ``turn``, unless it only reads
``schema`` id         ``at``, ``operation``: typed; no statement's text comes from a page; ``turn``
                      as above
``sleep`` id          ``duration_ms``: the page's own timers run late while nobody looks at it
``ask`` id            ``question``: of the form, where the page has no module of its own
``run`` id            ``operation``, ``arguments``, ``plan_of``, ``can_drive``. Reply: the result;
                      or ``drive`` with all arguments and ``turn``: then the page runs the logic
``follow`` id         show the run under way, its events from the first. Reply: the result; or
                      ``none``
``event``             ``turn``, ``event``: what happened in the run that the page drives
``ended``             ``turn``, ``result`` or ``error``: how that run ended
``remember``          ``value``: what the form shall have after a reload; never a key or a wheel
``cancel``            ``of``: an id; lets go of a call, and stops the look or the run behind it
``here``              the answer to ``there``
``leaving``           the page is closed or reloaded
====================  =========================================================================

====================  =========================================================================
from the kernel       meaning
====================  =========================================================================
``reply``             ``of``, and ``ok`` or ``error``
``taken``             ``of``: the call is here and being worked on. Until then the kernel is busy
``event``             ``of``, ``event``: what happened in a run that the page follows
``stop``              ``cancel()`` was called: the page that drives stops at the next safe point
``there``             is the page that drives still there?
``taken_over``        the kernel drives now; the page's turn is over, and it can ``follow``
====================  =========================================================================

Large messages are split, in both directions: ``part`` with ``transfer``, ``index``, ``count`` and
one binary buffer of at most 4 MB; joined, they are the message's JSON. Jupyter's server drops a
connection over a message above 10 MB, and the platform refuses one above 5.

A kernel that is busy with a cell receives no messages until the cell has finished. Nothing is sent
twice because of that: a call says how long it is valid (``ttl_ms``), and one that arrives too late
is answered as timed out, without effect. Messages that repeat an id are ignored, and so are
invalid messages.
"""

PROTOCOL = 1
