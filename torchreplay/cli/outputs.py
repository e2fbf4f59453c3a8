"""What a script leaves: its files, and lines on how training went."""

from dataclasses import replace

from torchreplay.cli.checks import check_runs, picture_memory
from torchreplay.cli.flags import as_option
from torchreplay.cli.outcome import print_troubles, report
from torchreplay.cli.remarks import remarks, remarks_on_page
from torchreplay.films.output_files import OutputFolder
from torchreplay.page.own_tours import shown_later
from torchreplay.page.tour import read_tour
from torchreplay.replay.bending import check_bend
from torchreplay.replay.drawing import check_tasks
from torchreplay.replay.pages import page_of, write_page
from torchreplay.spaces.space import spaces_shown, spanned
from torchreplay.system.staging import ANOTHER_PATH, check_place
from torchreplay.system.terminal import print_messages, remark
from torchreplay.views import check_data, panels_of

PAGE_NAME = "training.html"
TWO_FEATURES = "; choose --features A B of a file, or leave out --bend"


class Outputs(OutputFolder):
    """The files that a script leaves, and what it says before and after training.

    space: the Space that it shows.
    options: the Options.

    page: the path of the page, or None if there is none.
    tour: the Tour of it that the user has written, or None.
    """

    def __init__(self, space, options):
        super().__init__(space.name, **options.output)
        self.space = spanned(space, options.space["span"], options.space["classes"])
        self.options, self.histories = options, {}
        self.page = self.folder / PAGE_NAME if options.page else None
        path = options.page.get("tour")
        self.tour = read_tour(path) if path else None
        if options.record["save_to"]:
            check_place(options.record["save_to"], remedy=ANOTHER_PATH)
        if self.page:
            check_place(self.page)

    def check(self, datasets, networks):
        """Raise UserError if runs cannot be shown or take too much memory; print remarks.

        datasets, networks: by the names of the runs; the networks may be trained already.
        """
        space, picture = self.options.space, self.options.picture
        tasks = [dataset.task for dataset in datasets.values()]
        check_tasks(tasks, picture["mark_errors"])
        views, frames = picture.get("views", ()), len(self.options.film["epochs"])
        shown = views, space["size"], space["compared"], picture["legend"]
        needs = picture_memory(self.options.output["forms"], frames, *shown)
        for task in tasks:
            panels_of(views, task.classes)  # all views are there
        for dataset in datasets.values():
            check_data(views, dataset)
        if self.tour:
            self.tour.check(self._shown_later(datasets, networks))
        spaces = spaces_shown(self.space, views)
        check_runs(datasets, networks, spaces, self.options.trainings, needs, views)
        if self.options.bend:
            for name, network in networks.items():
                units = self.space.transform(network)(datasets[name].X[:1]).shape[1]
                check_bend(datasets[name], self.space, units > 2, TWO_FEATURES)
        drawn = picture["palette"], space["max_points"]
        ignored = remarks_on_page(PAGE_NAME, self.options.not_on_page)
        remark(*remarks(datasets.values(), *drawn), *ignored)
        print_messages(*(fault.spelled(as_option) for fault in self.faults))

    def _shown_later(self, datasets, networks):
        """What the page will show of each run, see `shown_later`; of a search, of its best runs."""
        runs, most = [], self.options.space["max_points"]
        for name, one in self.options.trainings.items():
            shown = shown_later(datasets[name], networks[name], one["training"]["epochs"], most)
            runs += [shown] * one.get("best", 1)
        return runs

    def note(self, replays):
        """Take Replays by the names of their runs: print what went wrong, and save the record."""
        self.histories = {name: replay.history for name, replay in replays.items()}
        print_troubles(self.histories, self.options.trainings)
        path = self.options.record["save_to"]
        if path:
            replays[""].save(path)
            self.files.append(path)

    def save_bend_of(self, space):
        """Save the film in which the plane of a SpaceReplay bends, if there is to be one."""
        if self.options.bend:
            epoch = space.history.clamp(self.options.bend["epoch"])
            film = space.bend(**{**self.options.bend, "epoch": epoch})
            timing = {name: self.options.film[name] for name in ("fps", "hold", "loop")}
            self.save_bend(replace(film, **timing))

    def save_page(self, replays):
        """Save the page of Replays by the names of their runs, if there is to be one.

        Of a search it is that of its best runs.
        """
        if self.page:
            histories = {self.name_of(run): each.history for run, each in replays.items()}
            search = next(iter(histories.values())).search
            if search and search.alone:
                histories = {search.name(run): each for run, each in search.alone.items()}
            page = page_of(histories, **self.options.page | {"tour": self.tour})
            write_page(self.stage / self.page.name, page)
            check_place(self.page)  # again: it may have changed during training
            self.put(self.page)

    def name_of(self, run):
        """The name of a run on the page: with the option that is compared, if it is one."""
        options = list(self.options.space["compared"] or ())
        return f"{options[0]} {run}" if len(options) == 1 else run

    def report(self):
        """Print loss and accuracy of all runs, and the files; see `outcome.report`."""
        report(self.histories, self.options.reported, self, self.options.space["compared"])
