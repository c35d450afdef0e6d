"""Write the pictures of the README from the packaged catalogue: ``python docs/make_images.py``."""

from pathlib import Path

from asmr_stim.io.catalogue import load_catalogue
from asmr_stim.report.figures.matrices import knowledge_figure
from asmr_stim.report.figures.style import save
from asmr_stim.report.knowledge import knowledge_grid
from asmr_stim.resources import catalogue_folder

IMAGES = Path(__file__).parent / "images"


def main() -> None:
    """Write each picture anew."""
    IMAGES.mkdir(exist_ok=True)
    grid = knowledge_grid(load_catalogue(catalogue_folder()).studies)
    save(knowledge_figure(grid), IMAGES / "stimulus_knowledge.png")


if __name__ == "__main__":
    main()
