"""What the widget's page and its kernel say to each other, version 1.

The deploy logic runs in the page, as WebAssembly. The page can't reach the workspace: a workspace
answers no other origin, and the page is a sandboxed frame in some notebooks. So the kernel is its
host: it holds the credential, which never crosses, and sends what the deployer sends, and nothing
else. The kernel runs the logic itself where the page can't run WebAssembly, where a key or a wheel
was given in Python and is to stay there, and where a page was lost in the middle.

There is one driver of a run at any time, which ``driver.py`` decides: a page drives with a *turn*,
and what it asks for is carried out only while that turn is the current one. Without a turn, a page
can only look.

Everything is a custom message of the widget. None is saved with the notebook, and any notebook
carries them. A message is a JSON object with ``tellr`` (the version), ``kind``, and on the page's
side ``page`` (an id of this page's own) and ``sent`` (its clock, in milliseconds).

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

Large messages go in parts, both ways: ``part`` with ``transfer``, ``index``, ``count`` and one
binary buffer of at most 4 MB; joined, they are the message's JSON. Jupyter's server drops a
connection over a message above 10 MB, and the platform refuses one above 5.

A kernel that is busy with a cell takes no messages until that is over. Nothing is sent twice for
that: a call says how long it is worth carrying out (``ttl_ms``), and one that comes too late is
answered as one that timed out, and nothing is done. Messages that repeat an id are ignored, and so
is what isn't a message.
"""

PROTOCOL = 1
