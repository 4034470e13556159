import type { Routes } from "../visits/routes.ts";
import { showProjectArea } from "./area-page.ts";
import { showAreaUpload } from "./area-upload-page.ts";
import { createProject } from "./create-project.ts";
import { cutArea } from "./cut-area.ts";
import { showCut } from "./cut-page.ts";
import { deleteUpload } from "./delete-upload.ts";
import { drawArea } from "./draw-area.ts";
import { showImport } from "./import-page.ts";
import { importProject } from "./import-project.ts";
import { showName } from "./name-page.ts";
import { showNewProject } from "./new-project-page.ts";
import { showPublish } from "./publish-page.ts";
import { reconcileTasks } from "./reconcile-tasks.ts";
import { showAreaSent, showChanged } from "./refused-pages.ts";
import { setArea, setPriorityAreas } from "./set-area.ts";
import { cloneProject } from "./settings/clone-project.ts";
import { deleteProject } from "./settings/delete-project.ts";
import { showSettings } from "./settings/settings-page.ts";
import { transferProject } from "./settings/transfer-project.ts";
import { updateProject } from "./settings/update-project.ts";
import { uploadFile } from "./upload-area.ts";
import { showDraftName, showWho } from "./wizard-pages.ts";

const NEW = "/console/new-project";
const UPLOADS = "/v1/area-uploads";
const UPLOAD = `${UPLOADS}/:area_upload_id{[0-9]+}`;
const OWN = "/console/projects/:project_id{[0-9]+}";
const PROJECT = "/v1/projects/:project_id{[0-9]+}";

/** How a project is made and run. */
export const MAKING: Routes = {
  pages: [
    { path: NEW, show: showNewProject },
    { path: UPLOADS, show: showNewProject },
    { path: UPLOAD, show: showAreaUpload },
    { path: `${NEW}/:area_upload_id{[0-9]+}`, show: showName },
    { path: "/console/import-project", show: showImport },
    { path: `${OWN}/area`, show: showProjectArea },
    { path: `${OWN}/name`, show: showDraftName },
    { path: `${OWN}/cut`, show: showCut },
    { path: `${OWN}/who`, show: showWho },
    { path: `${OWN}/publish`, show: showPublish },
    { path: `${OWN}/settings`, show: showSettings },
  ],
  acts: [
    { method: "POST", path: UPLOADS, act: uploadFile, page: showAreaSent },
    { method: "POST", path: `${NEW}/drawing`, act: drawArea, page: showAreaSent },
    { method: "DELETE", path: UPLOAD, act: deleteUpload, page: showAreaUpload },
    { method: "POST", path: "/v1/projects", act: createProject, page: showName },
    { method: "POST", path: `${PROJECT}/tasks`, act: cutArea, page: showCut },
    { method: "PATCH", path: PROJECT, act: updateProject, page: showChanged },
    { method: "PUT", path: `${PROJECT}/area`, act: setArea, page: showAreaUpload },
    { method: "PUT", path: `${OWN}/priority-areas`, act: setPriorityAreas, page: showAreaUpload },
    { method: "POST", path: `${PROJECT}/reconciliations`, act: reconcileTasks, page: showProjectArea },
    { method: "PUT", path: `${PROJECT}/owner`, act: transferProject, page: showSettings },
    { method: "POST", path: `${PROJECT}/clones`, act: cloneProject, page: showSettings },
    { method: "DELETE", path: PROJECT, act: deleteProject, page: showSettings },
    { method: "POST", path: "/console/import-project", act: importProject, page: showImport },
  ],
};
